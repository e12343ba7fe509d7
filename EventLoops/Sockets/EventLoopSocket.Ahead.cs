namespace AspireLB.EventLoops.Sockets;

/// <content>
/// Receiving ahead. When several sockets have input that readers wait for, the loop receives from all of them in one system call. Each reader finds
/// its bytes when its socket's turn comes.
/// </content>
internal partial class EventLoopSocket
{
    /// <summary>
    /// The most bytes received ahead. A socket whose last receive took half of this or more is likely to bring a long body, and is not received from
    /// ahead.
    /// </summary>
    private const int AheadBytes = Buffers.Small;

    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadResult;
    private int _lastReceived;
    private bool _mayReceiveAhead;
    private bool _owesSignal;

    /// <summary>Waits as <see cref="TryWaitForInput"/> does, for a sink that is going to receive: the loop may receive ahead for it.</summary>
    public bool TryWaitToReceive(IReadinessSink sink)
    {
        _mayReceiveAhead = true;
        return _read.TryWait(sink);
    }

    /// <summary>Takes everything that was received ahead. The caller then owns the rented array.</summary>
    /// <returns>False if nothing was received ahead, a part of it was already taken, or the receive ended in an error or at the end.</returns>
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

    /// <summary>Adds a receive for the waiting sink to the batch. The event loop must then signal the sink. Called by the event loop.</summary>
    /// <returns>False if no sink waits to receive.</returns>
    internal unsafe bool TryBeginReceive(CallBatch calls)
    {
        if (!_mayReceiveAhead || _lastReceived >= AheadBytes / 2 || !_read.TryStopWaiting())
            return false;

        // In the meantime a sink that does not receive may have begun to wait instead. It must be signalled all the same.
        _owesSignal = true;
        if (!_mayReceiveAhead)
            return false;

        _aheadStart = 0;
        _ahead = Buffers.Rent(AheadBytes);
        fixed (byte* bytes = _ahead)
            calls.AddReceive(Handle, bytes, AheadBytes);
        return true;
    }

    /// <summary>Takes the result of the receive that was added to the batch. Called by the event loop.</summary>
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
