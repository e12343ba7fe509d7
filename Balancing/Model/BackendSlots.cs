using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>
/// The places for attempts at a cluster's backends. Where backends have a cap, all places are given out under one lock, so that no
/// backend ever exceeds it, and who finds none free waits in line: first come, first served.
/// </summary>
internal sealed class BackendSlots(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _line = new();

    /// <summary>Requests waiting for a place.</summary>
    public int Waiting => _line.Count;

    /// <summary>Takes a place at one of the backends; give it back by <see cref="Release"/>.</summary>
    /// <param name="seeker">Tells which backends it may use, now or, while waiting, whenever places come free.</param>
    /// <returns>Null when there is no backend at all, the line is full or the time is up.</returns>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public ValueTask<Backend?> AcquireAsync(ISlotSeeker seeker)
    {
        var limits = seeker.Limits;
        var candidates = seeker.Candidates;
        if (candidates.Count == 0)
            return default;

        if (!limits.HasBackendCap)
        {
            var backend = seeker.Pick(candidates);
            backend.Attempts.Begin();
            return new(backend);
        }

        lock (_lock)
        {
            var waiter = new Waiter(seeker);
            if (_line.Count == 0 && waiter.TryTake() is { } backend)
                return new(backend);
            return JoinQueue(waiter, limits);
        }
    }

    private ValueTask<Backend?> JoinQueue(Waiter waiter, LimitOptions limits)
    {
        var node = _line.AddLast(waiter);

        // A place that came free before it could be seen that somebody waits was given to nobody; and those in front may wait for other backends.
        Interlocked.MemoryBarrier();
        if (waiter.HasFreeBackend)
            Pump();
        if (waiter.Served.Task.IsCompleted)
            return new(waiter.Served.Task.Result);
        if (_line.Count <= limits.QueueLength)
            return new(WaitAsync(node, limits.QueueTimeout, waiter.ClientGone));

        _line.Remove(node);
        return default;
    }

    /// <summary>Takes a place that is free, without waiting for one and without getting ahead of those who wait. Null where there is none.</summary>
    public Backend? TryTake(ISlotSeeker seeker)
    {
        if (!seeker.Limits.HasBackendCap)
        {
            var candidates = seeker.Candidates;
            var backend = candidates.Count > 0 ? seeker.Pick(candidates) : null;
            backend?.Attempts.Begin();
            return backend;
        }

        lock (_lock)
            return _line.Count == 0 ? new Waiter(seeker).TryTake() : null;
    }

    /// <summary>Gives a place back, to whoever has waited longest for one like it.</summary>
    public void Release(Backend backend)
    {
        backend.Attempts.End();
        if (_line.Count > 0)
            Pump();
    }

    /// <summary>Serves the line as far as places are free; called when there may be new ones.</summary>
    public void Pump()
    {
        lock (_lock)
        {
            for (var node = _line.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.TryTake() is { } backend)
                {
                    _line.Remove(node);
                    node.Value.Served.SetResult(backend);
                }

                node = next;
            }
        }
    }

    // A timer and not a time-out, whose exception costs a look through the stack for each that waited in vain: just when there is too much to do.
    private async Task<Backend?> WaitAsync(LinkedListNode<Waiter> node, TimeSpan timeout, CancellationToken clientGone)
    {
        await using var timer = time.CreateTimer(_ => LeaveQueue(node, waiter => waiter.Served.SetResult(null)), null, timeout, Timeout.InfiniteTimeSpan);
        await using var gone = clientGone.UnsafeRegister((_, token) => LeaveQueue(node, waiter => waiter.Served.SetCanceled(token)), null);
        return await node.Value.Served.Task;
    }

    /// <summary>Leaves the line, unless a place has come at this very moment.</summary>
    private void LeaveQueue(LinkedListNode<Waiter> node, Action<Waiter> end)
    {
        lock (_lock)
        {
            if (node.List is null)
                return;

            _line.Remove(node);
            end(node.Value);
        }
    }

    private sealed class Waiter(ISlotSeeker seeker)
    {
        public TaskCompletionSource<Backend?> Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ClientGone => seeker.ClientGone;

        public bool HasFreeBackend => Free.Count > 0;

        private AvailableBackends Free
        {
            get
            {
                var limits = seeker.Limits;
                return seeker.Candidates.Where(backend => backend.Attempts.InFlight < backend.Cap(limits));
            }
        }

        public Backend? TryTake()
        {
            var free = Free;
            if (free.Count == 0)
                return null;

            var backend = seeker.Pick(free);
            backend.Attempts.Begin();
            return backend;
        }
    }
}
