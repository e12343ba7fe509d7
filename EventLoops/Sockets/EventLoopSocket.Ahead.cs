namespace AspireLB.EventLoops.Sockets;

/// <content>
/// What the loop receives ahead: where several sockets have input that somebody waits for, it takes from all of them in one system call, and each finds its own
/// when its turn comes.
/// </content>
internal partial class EventLoopSocket
{
    /// <summary>As much as is received ahead. A socket whose last receive took half of it or more is about to bring a long body, and is left to itself.</summary>
    private const int AheadBytes = Buffers.Small;

    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadResult;
    private int _lastReceived;
    private bool _mayReceiveAhead;
    private bool _owesTelling;

    /// <summary>Waits as <see cref="TryWaitForInput"/> does; whoever waits is going to receive, and the loop may do so ahead.</summary>
    public bool TryWaitToReceive(IReadinessSink sink)
    {
        _mayReceiveAhead = true;
        return _read.TryWait(sink);
    }

    /// <summary>Takes the whole of what was received ahead, in its rented array, which is the caller's from then on. False where there is none, or not just bytes.</summary>
    public bool TryTakeAhead(out ArraySegment<byte> received)
    {
        if (_ahead is not { } array || _aheadResult <= 0 || _aheadStart > 0)
        {
            received = default;
            return false;
        }

        received = new(array, 0, _aheadResult);
        _ahead = null;
        MarkInputIfMoreMayFollow(array.Length);
        return true;
    }

    /// <summary>By the event loop, which then owes it to whoever waits to tell of the input. False where nobody waits to receive.</summary>
    internal unsafe bool TryBeginReceive(CallBatch calls)
    {
        if (!_mayReceiveAhead || _lastReceived >= AheadBytes / 2 || !_read.TryStopWaiting())
            return false;

        // Whoever waited before may have made way meanwhile for somebody who does not receive, and is told all the same.
        _owesTelling = true;
        if (!_mayReceiveAhead)
            return false;

        _aheadStart = 0;
        _ahead = Buffers.Rent(AheadBytes);
        fixed (byte* bytes = _ahead)
            calls.AddReceive(Handle, bytes, AheadBytes);
        return true;
    }

    /// <summary>By the event loop, with what has come of it.</summary>
    internal void EndReceive(int result)
    {
        _lastReceived = _aheadResult = result;
        if (result == CallBatch.NotMade || result == -Native.WouldBlock || result == -Native.Interrupted)
            DropAhead();
    }

    private int TakeAhead(byte[] array, Span<byte> buffer)
    {
        var left = _aheadResult - _aheadStart;
        if (left > 0)
        {
            var taken = Math.Min(left, buffer.Length);
            array.AsSpan(_aheadStart, taken).CopyTo(buffer);
            _aheadStart += taken;
            if (taken < left)
                return taken;
            left = taken;
        }

        DropAhead();
        MarkInputIfMoreMayFollow(array.Length);
        return left;
    }

    private void MarkInputIfMoreMayFollow(int room)
    {
        if (_aheadResult == room || _hasEnded)
            _read.Set();
    }

    private void DropAhead()
    {
        if (_ahead is not { } array)
            return;

        _ahead = null;
        Buffers.Return(array);
    }
}
