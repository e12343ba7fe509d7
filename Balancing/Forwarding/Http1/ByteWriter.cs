using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>ByteWriter appends bytes to a pooled array that grows as needed. The array belongs to the holder of the writer.</summary>
internal struct ByteWriter(byte[] buffer)
{
    /// <summary>The current array. Growth replaces it and returns the former one to the pool.</summary>
    public byte[] Buffer { get; private set; } = buffer;

    public int Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(Buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Writes text as ISO 8859-1. Kestrel is configured to read fields in this encoding, so every byte is forwarded unchanged.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        Length += Encoding.Latin1.GetBytes(text, Buffer.AsSpan(Length));
    }

    public void Write(long number)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(number, Buffer.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>Returns room for at least <paramref name="size"/> bytes; <see cref="Advance"/> tells how many were written.</summary>
    public Span<byte> Room(int size)
    {
        Reserve(size);
        return Buffer.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int bytes)
    {
        if (Buffer.Length - Length < bytes)
            Grow(bytes);
    }

    private void Grow(int bytes)
    {
        var larger = Buffers.Rent(Math.Max(Buffer.Length * 2, Length + bytes));
        Buffer.AsSpan(0, Length).CopyTo(larger);
        Buffers.Return(Buffer);
        Buffer = larger;
    }
}
