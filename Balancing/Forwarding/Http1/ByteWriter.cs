using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>Writes bytes one after another into a pooled array that grows as needed. The array belongs to whoever holds the writer.</summary>
internal struct ByteWriter(byte[] buffer)
{
    /// <summary>The array now in use; another one after growth, the former having gone back to the pool.</summary>
    public byte[] Buffer { get; private set; } = buffer;

    public int Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(Buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Writes text as ISO 8859-1, the encoding by which Kestrel is told to read fields: every byte comes out as it came in.</summary>
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

    /// <summary>Room of at least <paramref name="size"/> bytes to write into; <see cref="Advance"/> says how much of it was used.</summary>
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
