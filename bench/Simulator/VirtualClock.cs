namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// A clock that stands still while something happens and then jumps to whatever is due next. What is due at the same time happens in the order
/// in which it was asked for, so that a run can be repeated to the last digit. One thread only.
/// </summary>
internal sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long At, long Order)> _due = new();
    private long _now;
    private long _order;

    /// <summary>Time since the start.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(_now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Start + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, callback, state, dueTime, period);

    /// <summary>Has something happen after this time.</summary>
    public void After(TimeSpan delay, Action action) => _due.Enqueue(action, (_now + Math.Max(0, delay.Ticks), _order++));

    /// <summary>Lets everything happen that is due up to this time; <paramref name="afterEach"/> after each of it.</summary>
    public void RunUntil(TimeSpan end, Action afterEach)
    {
        while (_due.TryPeek(out var action, out var due) && due.At <= end.Ticks)
        {
            _due.Dequeue();
            _now = due.At;
            action();
            afterEach();
        }

        _now = end.Ticks;
    }

    private sealed class Timer : ITimer
    {
        private readonly VirtualClock _clock;
        private readonly Action _callback;
        private long _version;

        public Timer(VirtualClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            _callback = () => callback(state);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var version = ++_version;
            if (dueTime != Timeout.InfiniteTimeSpan)
                _clock.After(dueTime, () => Fire(version, period));
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(long version, TimeSpan period)
        {
            if (version != _version)
                return;
            if (period > TimeSpan.Zero)
                _clock.After(period, () => Fire(version, period));
            _callback();
        }
    }
}
