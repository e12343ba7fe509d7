namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// Deadline is a time limit that moves with every phase of every request and is hardly ever reached. Its timer is rescheduled only when it fires, or
/// when it would fire too late. Moving the deadline therefore costs one clock reading and one interlocked write.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private const long None = long.MaxValue;
    private const long Passed = -1;

    private readonly TimeProvider _time;
    private readonly Action _expired;
    private readonly Lock _rescheduling = new();
    private readonly ITimer _timer;
    private long _due = None;
    private long _timerDue = None;

    public Deadline(TimeProvider time, Action expired)
    {
        _time = time;
        _expired = expired;
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((Deadline)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the limit was reached. Final.</summary>
    public bool HasPassed => Volatile.Read(ref _due) == Passed;

    public void Set(TimeSpan after)
    {
        var due = _time.GetTimestamp() + (long)(after.TotalSeconds * _time.TimestampFrequency);
        Move(due);
        if (due < Volatile.Read(ref _timerDue))
            Reschedule();
    }

    public void Clear() => Move(None);

    public void Dispose()
    {
        Move(None);
        _timer.Dispose();
    }

    private void Move(long due)
    {
        if (Interlocked.Exchange(ref _due, due) == Passed)
            Volatile.Write(ref _due, Passed);
    }

    private void Reschedule()
    {
        lock (_rescheduling)
        {
            var due = Volatile.Read(ref _due);
            if (due is None or Passed)
            {
                Volatile.Write(ref _timerDue, None);
                return;
            }

            Volatile.Write(ref _timerDue, due);
            var left = _time.GetElapsedTime(_time.GetTimestamp(), due);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, left.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        Interlocked.Exchange(ref _timerDue, None);
        var due = Volatile.Read(ref _due);
        if (due is None or Passed)
            return;

        if (_time.GetTimestamp() < due)
            Reschedule();
        else if (Interlocked.CompareExchange(ref _due, Passed, due) == due)
            _expired();
        else
            Reschedule();
    }
}
