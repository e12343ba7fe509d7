using System.Runtime.InteropServices;

namespace AspireLB.Load;

/// <summary>One backend connection of the sink. A request must have a Content-Length: all peers pass the client's on.</summary>
internal sealed unsafe class SinkConnection(int fd)
{
    private const int Capacity = 256 * 1024, HeadCapacity = 16 * 1024;

    // One thread serves all connections, so all bodies can share a buffer.
    private static readonly byte* Scratch = (byte*)NativeMemory.AllocZeroed(Capacity);

    private readonly byte[] _head = new byte[HeadCapacity];
    private int _received;
    private long _bodyLeft = -1;

    private static ReadOnlySpan<byte> Answer =>
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 54\r\n\r\n"u8 +
        "{\"server\":\"server-1\",\"message\":\"Hello from server-1!\"}"u8;

    private static ReadOnlySpan<byte> LengthRequired => "HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8;

    /// <returns>False when the connection should be closed.</returns>
    public bool TryContinue()
    {
        var received = (int)Libc.recv(fd, Scratch, _bodyLeft < 0 ? HeadCapacity - _received : Capacity, 0);
        if (received <= 0)
        {
            return received < 0 && Marshal.GetLastPInvokeError() == Libc.TryAgain;
        }

        return _bodyLeft < 0 ? TryReadHead(new(Scratch, received)) : TryConsume(received);
    }

    private bool TryReadHead(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_head.AsSpan(_received));
        _received += bytes.Length;
        var text = _head.AsSpan(0, _received);
        if (!MessageHead.TryRead(text, out var head))
        {
            return _received < HeadCapacity;
        }

        var hasNoBody = text.StartsWith("GET "u8) || text.StartsWith("HEAD "u8);
        if (head.ContentLength < 0 && !hasNoBody)
        {
            _ = Send(LengthRequired);
            return false;
        }

        _bodyLeft = Math.Max(0, head.ContentLength);
        return TryConsume(_received - head.Length);
    }

    private bool TryConsume(int bytes)
    {
        _bodyLeft -= bytes;
        if (_bodyLeft > 0)
        {
            return true;
        }

        // A peer sends its next request after this response, so more bytes than announced are an error.
        var complete = _bodyLeft == 0 && Send(Answer);
        _bodyLeft = -1;
        _received = 0;
        return complete;
    }

    private bool Send(ReadOnlySpan<byte> answer)
    {
        fixed (byte* bytes = answer)
        {
            return Libc.send(fd, bytes, answer.Length, Libc.NoSignal) == answer.Length;
        }
    }
}
