namespace AspireLB.LoadBalancer.Sockets;

/// <content>The turns: look at the sockets, deal with what has come, send what was put off.</content>
internal sealed unsafe partial class EventLoop
{
    private void Run()
    {
        _current = this;
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
                Moment = 0;
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
    private PolledSocket? SocketOf(ulong data)
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

    private void SendDeferred()
    {
        // Sending runs nothing that could defer more.
        foreach (var queue in _deferred)
            queue.SendDeferred();
        _deferred.Clear();
    }

    private void RunAgain()
    {
        if (_again.Count == 0)
            return;

        // Those that ask once more meanwhile have their turn after the next look at the sockets.
        (_again, _spare) = (_spare, _again);
        while (_spare.TryDequeue(out var sink))
        {
            Moment = 0;
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
