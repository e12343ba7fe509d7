namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// How long a backend keeps idle connections, as far as it has shown. A request sent on a connection at the moment the backend closes it may or may not
/// have been executed; one that may not be executed twice therefore goes out only on connections that have been idle for a small part of what others of
/// the same backend have outlived, and of the shortest time after which one was closed. Not thread-safe.
/// </summary>
internal sealed class KeepAliveEvidence(TimeProvider time)
{
    /// <summary>What was seen is remembered for this long, and at most for twice as long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What is seen and what is decided differ by the delays of both processes: a backend that is held up closes late, and a request that is held up
    /// arrives late.
    /// </summary>
    public const int Margin = 4;

    /// <summary>
    /// A connection that is still open after less time proves nothing: a backend that closes each at once may not have come to it, as its processor was another's
    /// for a few milliseconds.
    /// </summary>
    public static readonly TimeSpan LeastKept = TimeSpan.FromMilliseconds(50);

    private long _began = time.GetTimestamp();
    private Sight _now = Sight.None;
    private Sight _before = Sight.None;

    /// <summary>A connection that was idle for so long at least is still open.</summary>
    public void CountKept(TimeSpan idle)
    {
        Forget();
        if (idle >= LeastKept && idle > _now.LongestKept)
            _now = _now with { LongestKept = idle };
    }

    /// <summary>The backend has closed a connection that was idle for so long at most.</summary>
    public void CountClosed(TimeSpan idle)
    {
        Forget();
        if (idle < _now.ShortestClosed)
            _now = _now with { ShortestClosed = idle };
    }

    /// <summary>Whether a connection that has been idle for so long at most is not about to be closed.</summary>
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

        _before = passed < 2 * Memory ? _now : Sight.None;
        _now = Sight.None;
        _began = now;
    }

    private readonly record struct Sight(TimeSpan LongestKept, TimeSpan ShortestClosed)
    {
        public static Sight None { get; } = new(TimeSpan.Zero, TimeSpan.MaxValue);
    }
}
