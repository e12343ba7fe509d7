namespace AspireLB.EventLoops.Sockets;

/// <content>The turns of an event loop: wait for events, handle them, send what they left to be sent.</content>
internal sealed unsafe partial class EventLoop
{
    /// <summary>
    /// Runs the loop. It takes one turn after another until it is disposed. The numbers are repeated beside the code.
    /// <code>
    ///  kernel                        event loop's thread                          sinks (readers, writers, acceptors)
    ///    │                                    │                                                   │
    ///    │                       (0) set up the batch of calls                                    │
    ///    │ ◄──────── (1) epoll_wait ──────────┤                                                   │
    ///    ├──────── up to 256 events ────────► │                                                   │
    ///    │                       (2) announce: mark the sockets that have an event                │
    ///    │ ◄──── (3) receive ahead ───────────┤                                                   │
    ///    │  (up to 64 receives in one call)   │                                                   │
    ///    │                                    ├─────── (4) dispatch: OnReady, one by one ───────► │
    ///    │                                    │ ◄───── Defer (a send), Redispatch (a sink) ───────┤
    ///    │                                    ├─────── (5) run redispatched sinks: OnReady ─────► │
    ///    │ ◄──── (6) send deferred ───────────┤                                                   │
    ///    │   (up to 64 sends in one call)     │                                                   │
    ///    │                       (7) next turn from (1), or close
    /// </code>
    /// <list type="bullet">
    /// <item>(0) Without io_uring there is no batch, and (3) is skipped; the sends of (6) are then one system call each.</item>
    /// <item>(1) Blocks until there is an event. Does not block while redispatched sinks wait for their turn.</item>
    /// <item>(2) Marks all sockets before it dispatches the first, so that no sink mistakes a socket whose event comes later for a quiet one.</item>
    /// <item>(3) Precedes every 64th dispatch of (4). It takes the input of sockets whose readers wait; each reader finds it in (4).</item>
    /// <item>(4) Does the work: reads requests, forwards them, passes responses on. The event of the waker brings in sinks from other threads.</item>
    /// <item>(5) Runs the sinks that gave way to others. Sinks that redispatch themselves here run in the next turn.</item>
    /// <item>(6) Sends what the sinks have queued in (4) and (5), once everything that had arrived is handled.</item>
    /// <item>(7) Closes the epoll set and the waker once the loop is being disposed.</item>
    /// </list>
    /// </summary>
    private void Run()
    {
        // (0) Set up. A batch can be used only on the thread that creates it.
        _current = this;
        _calls = _usesBatches ? CallBatch.TryCreate() : null;
        var events = stackalloc byte[EventsAtATime * Native.EventSize];
        while (!_isStopping)
        {
            // (1) Wait for events.
            _isWaiting = true;
            var ready = Native.Wait(_set, events, EventsAtATime, _redispatched.Count > 0 ? 0 : -1);
            _turns++;
            _isWaiting = false;
            _hasSeenAll = ready < EventsAtATime;

            // (2) Announce.
            for (var i = 0; i < ready; i++)
                Announce(*(ulong*)(events + (i * Native.EventSize) + Native.EventDataOffset));

            for (var i = 0; i < ready; i++)
            {
                // (3) Receive ahead for the next 64 events.
                var entry = events + (i * Native.EventSize);
                if (i % CallBatch.Capacity == 0)
                    ReceiveAhead(entry, Math.Min(ready - i, CallBatch.Capacity));

                // (4) Dispatch the event.
                TurnTime = 0;
                Dispatch(*(ulong*)(entry + Native.EventDataOffset), *(uint*)entry);
            }

            // (5) Run the redispatched sinks.
            RunRedispatched();

            // (6) Send.
            SendDeferred();
        }

        // (7) Close.
        lock (_registering)
        {
            _isClosed = true;
            Native.Close(_set);
            Native.Close(_waker);
        }

        _calls?.Dispose();
    }

    /// <summary>(2) Marks a socket that has an event, so that no sink mistakes it for quiet before the event is dispatched.</summary>
    private void Announce(ulong data)
    {
        if (data != WakerData && SocketOf(data) is { } socket)
            socket.IsAnnounced = true;
    }

    /// <summary>(4) Passes an event to its socket, which signals its sinks.</summary>
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

    /// <summary>
    /// The socket of an event; null if it was closed, and its file descriptor perhaps reused, while earlier events of the turn were handled.
    /// </summary>
    private EventLoopSocket? SocketOf(ulong data)
    {
        var entry = Volatile.Read(ref _entries)[(int)(uint)data];
        return entry is not null && entry.Generation == (uint)(data >> 32) ? entry.Socket : null;
    }

    /// <summary>(4) The waker's event: takes over the sinks that other threads have redispatched.</summary>
    private void TakePosted()
    {
        Native.ClearWaker(_waker);
        while (_posted.TryDequeue(out var sink))
            _redispatched.Enqueue(sink);
    }

    /// <summary>
    /// (3) Receives from the sockets of these events in one system call, if that saves any. Each is signalled when its event is dispatched.
    /// </summary>
    private void ReceiveAhead(byte* events, int count)
    {
        if (count == 1 || _calls is not { IsUsable: true } calls)
            return;

        // Holding the lock keeps file descriptors from being closed and reused.
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

    /// <summary>(6) Sends what the send queues have deferred. Sending runs no sink, so the list can't grow.</summary>
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

    /// <summary>(5) Runs the sinks that <see cref="Redispatch"/> has queued.</summary>
    private void RunRedispatched()
    {
        if (_redispatched.Count == 0)
            return;

        // Sinks that redispatch themselves now run in the next turn, after the events of other sockets.
        (_redispatched, _spare) = (_spare, _redispatched);
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
