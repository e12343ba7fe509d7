namespace AspireLB.EventLoops.Sockets;

/// <content>The turns: look at the sockets, deal with what has come, send what was put off.</content>
internal sealed unsafe partial class EventLoop
{
    private void Run()
    {
        _current = this;
        _calls = _usesBatches ? CallBatch.TryCreate() : null;
        var events = stackalloc byte[EventsAtATime * Native.EventSize];
        while (!_stops)
        {
            _isWaiting = true;
            var ready = Native.Wait(_set, events, EventsAtATime, _again.Count > 0 ? 0 : -1);
            _turns++;
            _isWaiting = false;
            _hasSeenAll = ready < EventsAtATime;
            for (var i = 0; i < ready; i++)
                Announce(*(ulong*)(events + (i * Native.EventSize) + Native.EventDataOffset));
            for (var i = 0; i < ready; i++)
            {
                var entry = events + (i * Native.EventSize);
                if (i % CallBatch.Capacity == 0)
                    ReceiveAhead(entry, Math.Min(ready - i, CallBatch.Capacity));
                TurnTime = 0;
                Dispatch(*(ulong*)(entry + Native.EventDataOffset), *(uint*)entry);
            }

            RunAgain();
            SendDeferred();
        }

        lock (_registering)
        {
            _isClosed = true;
            Native.Close(_set);
            Native.Close(_waker);
        }

        _calls?.Dispose();
    }

    /// <summary>Says beforehand whose turn will come, so that nobody takes a socket to be quiet whose event is only further behind.</summary>
    private void Announce(ulong data)
    {
        if (data != WakerData && SocketOf(data) is { } socket)
            socket.IsAnnounced = true;
    }

    private void Dispatch(ulong data, uint events)
    {
        if (data == WakerData)
        {
            TakePosted();
            return;
        }

        if (SocketOf(data) is not { } socket)
            return;

        try
        {
            socket.OnEvents(events);
        }
        catch (Exception error)
        {
            _failed(this, error);
            socket.Abort();
        }
    }

    /// <summary>Null where the socket was closed, and its number perhaps given to another, while earlier events of the same batch were dealt with.</summary>
    private EventLoopSocket? SocketOf(ulong data)
    {
        var entry = Volatile.Read(ref _entries)[(int)(uint)data];
        return entry is not null && entry.Generation == (uint)(data >> 32) ? entry.Socket : null;
    }

    private void TakePosted()
    {
        Native.ClearWaker(_waker);
        while (_posted.TryDequeue(out var sink))
            _again.Enqueue(sink);
    }

    /// <summary>Takes what waits at the sockets of these events in one system call, where that saves any. Each is told in its turn.</summary>
    private void ReceiveAhead(byte* events, int count)
    {
        if (count == 1 || _calls is not { IsUsable: true } calls)
            return;

        // While this is held no socket is let go of, and its number given to another.
        lock (_registering)
        {
            for (var i = 0; i < count; i++)
            {
                var entry = events + (i * Native.EventSize);
                var data = *(ulong*)(entry + Native.EventDataOffset);
                if ((*(uint*)entry & Native.ReadReady) != 0 && data != WakerData && SocketOf(data) is { } socket && socket.TryBeginReceive(calls))
                    _receiving.Add(socket);
            }

            var results = calls.Run();
            for (var i = 0; i < results.Length; i++)
                _receiving[i].EndReceive(results[i]);
        }

        _receiving.Clear();
    }

    // Sending runs nothing that could defer more.
    private void SendDeferred()
    {
        foreach (var queue in _deferred)
        {
            if (_calls is not { IsUsable: true } || _deferred.Count == 1)
                queue.SendDeferred();
            else if (queue.TryBeginSend(_calls))
                _sending.Add(queue);
            if (_sending.Count == CallBatch.Capacity)
                SendBatch();
        }

        SendBatch();
        _deferred.Clear();
    }

    private void SendBatch()
    {
        if (_sending.Count == 0)
            return;

        var results = _calls!.Run();
        for (var i = 0; i < results.Length; i++)
            _sending[i].EndSend(results[i]);
        _sending.Clear();
    }

    private void RunAgain()
    {
        if (_again.Count == 0)
            return;

        // Those that ask once more meanwhile have their turn after the next look at the sockets.
        (_again, _spare) = (_spare, _again);
        while (_spare.TryDequeue(out var sink))
        {
            TurnTime = 0;
            try
            {
                sink.OnReady();
            }
            catch (Exception error)
            {
                _failed(this, error);
            }
        }
    }
}
