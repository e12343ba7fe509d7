using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>
/// BackendSlots hands out the slots for attempts at a cluster's backends. If backends have a cap, one lock guards all slots, so that no backend ever
/// exceeds its cap. A request that finds no free slot waits in a queue: first come, first served.
/// </summary>
internal sealed class BackendSlots(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _queue = new();

    /// <summary>Number of requests that wait for a slot.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Takes a slot at one of the backends, waiting for one if necessary. <see cref="Release"/> gives it back.</summary>
    /// <param name="seeker">The request. While it waits, it is asked for its candidates again whenever a slot becomes free.</param>
    /// <returns>The backend; null if there is no backend at all, the queue is full or the wait timed out.</returns>
    /// <exception cref="OperationCanceledException">The client has closed its connection.</exception>
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
            if (_queue.Count == 0 && waiter.TryTake() is { } backend)
                return new(backend);
            return JoinQueue(waiter, limits);
        }
    }

    private ValueTask<Backend?> JoinQueue(Waiter waiter, LimitOptions limits)
    {
        var node = _queue.AddLast(waiter);

        // A slot released before we were visible in the queue woke no request: check again. Requests ahead of us may wait for other backends.
        Interlocked.MemoryBarrier();
        if (waiter.HasFreeBackend)
            Pump();
        if (waiter.Served.Task.IsCompleted)
            return new(waiter.Served.Task.Result);
        if (_queue.Count <= limits.QueueLength)
            return new(WaitAsync(node, limits.QueueTimeout, waiter.ClientGone));

        _queue.Remove(node);
        return default;
    }

    /// <summary>Takes a free slot without waiting and without overtaking requests in the queue; null if there is none.</summary>
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
            return _queue.Count == 0 ? new Waiter(seeker).TryTake() : null;
    }

    /// <summary>Releases a slot, which goes to the request that has waited longest and may use the backend.</summary>
    public void Release(Backend backend)
    {
        backend.Attempts.End();
        if (_queue.Count > 0)
            Pump();
    }

    /// <summary>Gives free slots to the waiting requests. Call this when slots or backends may have become available.</summary>
    public void Pump()
    {
        lock (_lock)
        {
            for (var node = _queue.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.TryTake() is { } backend)
                {
                    _queue.Remove(node);
                    node.Value.Served.SetResult(backend);
                }

                node = next;
            }
        }
    }

    // A timer, not Task.WaitAsync: its TimeoutException would cost a stack walk for each request that times out, just when there is too much to do.
    private async Task<Backend?> WaitAsync(LinkedListNode<Waiter> node, TimeSpan timeout, CancellationToken clientClosed)
    {
        await using var timer = time.CreateTimer(
            _ => LeaveQueue(node, waiter => waiter.Served.SetResult(null)), null, timeout, Timeout.InfiniteTimeSpan);
        await using var cancellation = clientClosed.UnsafeRegister((_, token) => LeaveQueue(node, waiter => waiter.Served.SetCanceled(token)), null);
        return await node.Value.Served.Task;
    }

    /// <summary>Leaves the queue, unless the request has just got a slot.</summary>
    private void LeaveQueue(LinkedListNode<Waiter> node, Action<Waiter> end)
    {
        lock (_lock)
        {
            if (node.List is null)
                return;

            _queue.Remove(node);
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
