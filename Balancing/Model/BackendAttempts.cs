namespace AspireLB.Balancing.Model;

/// <summary>BackendAttempts counts the attempts at a backend since the backend was added.</summary>
internal sealed class BackendAttempts(TimeProvider time)
{
    private long _begun;
    private long _failed;
    private long _retried;
    private int _inFlight;
    private RecentMedian? _median;

    /// <summary>Attempts in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Attempts begun.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>Attempts that failed because of the backend.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Attempts that were retried on another backend.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>Finished attempts, by outcome.</summary>
    public OutcomeCounts Outcomes { get; } = new();

    /// <summary>How long recent attempts took until their response head was received.</summary>
    public LatencyWindow Latency { get; } = new(time);

    /// <summary>Median of <see cref="Latency"/>; null without attempts in the last minute. Calculated at most once a second.</summary>
    public TimeSpan? MedianLatency => (_median ??= new(Latency, time)).Value;

    public void Begin()
    {
        Interlocked.Increment(ref _begun);
        Interlocked.Increment(ref _inFlight);
    }

    public void End() => Interlocked.Decrement(ref _inFlight);

    public void CountFailure() => Interlocked.Increment(ref _failed);

    public void CountRetry() => Interlocked.Increment(ref _retried);
}
