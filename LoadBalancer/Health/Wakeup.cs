using System.Threading.Tasks.Sources;

namespace AspireLB.LoadBalancer.Health;

/// <summary>
/// Where a loop waits until its time is up or somebody wants it sooner, again and again by the same object: a thousand loops that left something
/// new behind at each wait were half of what the collector had to look through (docs/performance.md).
/// </summary>
internal sealed class Wakeup : IValueTaskSource, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _wait = new() { RunContinuationsAsynchronously = true };
    private Phase _phase;
    private TimeSpan _rest;
    private bool _wanted;
    private bool _ended;

    public Wakeup(TimeProvider time) => _timer = time.CreateTimer(static wakeup => ((Wakeup)wakeup!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private enum Phase
    {
        Idle,

        /// <summary>Whoever wants the loop has to wait until the gap is over.</summary>
        Gap,
        Listening,
    }

    /// <summary>What was wanted so far is met by what the loop does now.</summary>
    public void Rearm()
    {
        lock (_lock)
            _wanted = false;
    }

    /// <summary>Waits for the gap, and then for the rest unless the loop is wanted since <see cref="Rearm"/>. One wait at a time.</summary>
    public ValueTask WaitAsync(TimeSpan gap, TimeSpan rest)
    {
        lock (_lock)
        {
            if (_ended)
                return default;

            _wait.Reset();
            (_phase, _rest) = (Phase.Gap, rest);
            _timer.Change(gap, Timeout.InfiniteTimeSpan);
            return new(this, _wait.Version);
        }
    }

    /// <summary>The loop is wanted: ends its wait, if need be after the gap.</summary>
    public void Want()
    {
        lock (_lock)
        {
            _wanted = true;
            if (_phase == Phase.Listening)
                Finish();
        }
    }

    /// <summary>Ends the wait, and each that follows.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            if (_phase != Phase.Idle)
                Finish();
            _timer.Dispose();
        }
    }

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    // By a timer set for an earlier wait, a gap may end too early: a probe comes sooner, and that is all.
    private void TimeIsUp()
    {
        lock (_lock)
        {
            if (_phase == Phase.Listening || (_phase == Phase.Gap && (_wanted || _rest <= TimeSpan.Zero)))
            {
                Finish();
            }
            else if (_phase == Phase.Gap)
            {
                _phase = Phase.Listening;
                _timer.Change(_rest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Finish()
    {
        _phase = Phase.Idle;
        if (!_ended)
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _wait.SetResult(true);
    }
}
