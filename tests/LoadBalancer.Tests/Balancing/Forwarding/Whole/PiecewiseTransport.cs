using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Whole;

/// <summary>
/// PiecewiseTransport is a backend without sockets. Each request releases the next response, whose bytes arrive in pieces of the given sizes, in
/// rotation. The stream ends after the last response.
/// </summary>
internal sealed class PiecewiseTransport(byte[][] responses, int[] pieces) : BackendTransport
{
    /// <summary>Fills the buffer after the received bytes, where the parser must not look.</summary>
    public const byte Poison = 0xEE;

    private byte[] _released = [];
    private int _taken;
    private int _piece;

    /// <summary>Number of requests received.</summary>
    public int Requests { get; private set; }

    public bool IsClosed { get; private set; }

    public override bool HasData => _taken < _released.Length;

    public override bool IsQuiet => !IsClosed && !HasData;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (IsClosed)
            return new(Failed);

        var size = Math.Min(Math.Min(pieces[_piece++ % pieces.Length], buffer.Length), _released.Length - _taken);
        _released.AsSpan(_taken, size).CopyTo(buffer.Span);
        buffer.Span[size..].Fill(Poison);
        _taken += size;
        return new(size);
    }

    public override ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes) => new(!IsClosed);

    public override ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length)
    {
        Buffers.Return(buffer);
        if (Requests < responses.Length)
            _released = [.. _released[_taken..], .. responses[Requests]];
        _taken = 0;
        Requests++;
        return new(!IsClosed);
    }

    public override void Abort() => IsClosed = true;

    public override void Dispose() => IsClosed = true;
}
