namespace AspireLB.EventLoops.Sockets;

/// <content>The queued bytes and the calls that send them. All members require the lock.</content>
internal sealed partial class SendQueue
{
    private void Add(ArraySegment<byte> rented)
    {
        if (_state == State.Broken || rented.Count == 0)
        {
            Buffers.Return(rented.Array!);
            return;
        }

        _bytes += rented.Count;
        if (_first.Array is null)
            _first = rented;
        else
            _more.Enqueue(rented);
    }

    /// <summary>
    /// Adds the queued bytes to a batch of calls at the end of the loop's turn. Holds the lock until <see cref="EndSend"/>, so that the socket is not
    /// closed in between.
    /// </summary>
    /// <returns>False if the queue has sent by itself or has nothing to send.</returns>
    public unsafe bool TryBeginSend(CallBatch calls)
    {
        _gate.Enter();
        if (_state == State.Deferred && _more.Count == 0 && _borrowed.IsEmpty)
        {
            // The loop's list may contain this queue twice: the second time there must be nothing to do.
            _state = State.Idle;
            socket.BeginSend();
            fixed (byte* bytes = _first.AsSpan())
                calls.AddSend(socket.Handle, bytes, _first.Count);
            return true;
        }

        if (_state == State.Deferred)
            TrySend();
        _gate.Exit();
        return false;
    }

    /// <summary>Takes the result of the call that was added to the batch.</summary>
    public void EndSend(int sent)
    {
        socket.EndSend(sent, _first.Count);
        if (sent > 0)
            MarkSent(sent);
        if (_first.Array is not null)
            TrySend();
        _gate.Exit();
    }

    /// <summary>Sends until nothing is left, the socket takes no more, or the connection turns out to be closed.</summary>
    private void TrySend()
    {
        do
        {
            var result = SendAll();
            if (result >= 0)
            {
                _state = State.Idle;
                return;
            }

            if (result != -Native.WouldBlock)
            {
                _state = State.Broken;
                Drop();
                return;
            }

            _state = State.Blocked;
        }
        while (!socket.TryWaitForRoom(this));
    }

    private int SendAll()
    {
        while (_first.Array is not null)
        {
            var sent = socket.Send(_first);
            if (sent < 0)
                return sent;

            MarkSent(sent);
        }

        while (!_borrowed.IsEmpty)
        {
            var sent = socket.Send(_borrowed.Span);
            if (sent < 0)
                return sent;
            _borrowed = _borrowed[sent..];
        }

        return 0;
    }

    private void MarkSent(int sent)
    {
        _bytes -= sent;
        if (sent < _first.Count)
        {
            _first = _first[sent..];
            return;
        }

        Buffers.Return(_first.Array!);
        _first = _more.Count > 0 ? _more.Dequeue() : default;
    }

    private void Drop()
    {
        if (_first.Array is not null)
            Buffers.Return(_first.Array);
        while (_more.TryDequeue(out var segment))
            Buffers.Return(segment.Array!);
        _first = default;
        _borrowed = default;
        _bytes = 0;
    }
}
