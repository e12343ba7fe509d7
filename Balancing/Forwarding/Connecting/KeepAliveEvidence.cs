namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// KeepAliveEvidence estimates how long a backend keeps idle connections. A request sent just as the backend closes the connection may or may not
/// have been executed. A request that must not be executed twice is therefore sent only on a connection whose idle time is a small fraction of the
/// time that others of the same backend stayed open, and of the shortest time after which one was closed. Not thread-safe.
/// </summary>
internal sealed class KeepAliveEvidence(TimeProvider time)
{
    /// <summary>Observations are remembered at least this long, and at most twice as long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The factor between observed and trusted idle times. It allows for delays in both processes: a delayed backend closes late, and a delayed
    /// request arrives late.
    /// </summary>
    public const int Margin = 4;

    /// <summary>
    /// A connection that is still open after less time proves nothing: a backend that closes every connection at once may have been descheduled for
    /// a few milliseconds.
    /// </summary>
    public static readonly TimeSpan LeastKept = TimeSpan.FromMilliseconds(50);

    private long _began = time.GetTimestamp();
    private Observed _now = Observed.None;
    private Observed _before = Observed.None;

    /// <summary>Records that a connection that was idle for at least this long is still open.</summary>
    public void CountKept(TimeSpan idle)
    {
        Forget();
        if (idle >= LeastKept && idle > _now.LongestKept)
            _now = _now with { LongestKept = idle };
    }

    /// <summary>Records that the backend closed a connection that was idle for at most this long.</summary>
    public void CountClosed(TimeSpan idle)
    {
        Forget();
        if (idle < _now.ShortestClosed)
            _now = _now with { ShortestClosed = idle };
    }

    /// <summary>Whether a connection that has been idle for at most this long is unlikely to be closed now.</summary>
    public bool Trusts(TimeSpan idle)
    {
        Forget();
        return idle * Margin < Longer(_now.LongestKept, _before.LongestKept) && idle * Margin <= Shorter(_now.ShortestClosed, _before.ShortestClosed);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Forget()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_began, now);
        if (passed < Memory)
            return;

        _before = passed < 2 * Memory ? _now : Observed.None;
        _now = Observed.None;
        _began = now;
    }

    private readonly record struct Observed(TimeSpan LongestKept, TimeSpan ShortestClosed)
    {
        public static Observed None { get; } = new(TimeSpan.Zero, TimeSpan.MaxValue);
    }
}
