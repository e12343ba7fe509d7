namespace AspireLB.Balancing.Model;

/// <summary>
/// ClusterLatency gives quantiles of the latency of a cluster's backends, all taken together. It calculates them at most once a second.
/// </summary>
internal sealed class ClusterLatency(TimeProvider time)
{
    /// <summary>Number of responses within the last minute below which there is no quantile.</summary>
    public const int MinimumResponses = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private CachedQuantile? _cached;

    /// <summary>The latency within which this share (0 to 1) of the last minute's responses came; null if there were too few.</summary>
    public TimeSpan? Quantile(AvailableBackends backends, double share)
    {
        var cached = Volatile.Read(ref _cached);
        if (cached is null || cached.Share != share || time.GetElapsedTime(cached.At) >= Lifetime)
            Volatile.Write(ref _cached, cached = new(time.GetTimestamp(), share, Calculate(backends, share)));
        return cached.Latency;
    }

    private static TimeSpan? Calculate(AvailableBackends backends, double share)
    {
        var counts = new long[LatencyWindow.Buckets];
        foreach (var backend in backends.Backends)
            backend.Attempts.Latency.AddTo(counts);
        return counts.Sum() < MinimumResponses ? null : TimeSpan.FromMilliseconds(Math.Max(1, LatencyWindow.QuantilesOf(counts, share)[0]));
    }

    private sealed record CachedQuantile(long At, double Share, TimeSpan? Latency);
}
