namespace AspireLB.Balancing.Model;

/// <summary>How long a cluster's backends take to answer, all of them together. Worked out once a second, however often it is asked for.</summary>
internal sealed class ClusterLatency(TimeProvider time)
{
    /// <summary>Fewer answers within the last minute say nothing.</summary>
    public const int FewestAnswers = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private Known? _known;

    /// <summary>The time in which this share (0 to 1) of the last minute's answers came; null while there are too few.</summary>
    public TimeSpan? Quantile(AvailableBackends backends, double share)
    {
        var known = Volatile.Read(ref _known);
        if (known is null || known.Share != share || time.GetElapsedTime(known.At) >= Lifetime)
            Volatile.Write(ref _known, known = new(time.GetTimestamp(), share, Calculate(backends, share)));
        return known.Latency;
    }

    private static TimeSpan? Calculate(AvailableBackends backends, double share)
    {
        var counts = new long[LatencyWindow.Buckets];
        foreach (var backend in backends.Backends)
            backend.Attempts.Latency.AddTo(counts);
        return counts.Sum() < FewestAnswers ? null : TimeSpan.FromMilliseconds(Math.Max(1, LatencyWindow.QuantilesOf(counts, share)[0]));
    }

    private sealed record Known(long At, double Share, TimeSpan? Latency);
}
