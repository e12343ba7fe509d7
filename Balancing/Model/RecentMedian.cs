namespace AspireLB.Balancing.Model;

/// <summary>The median of a backend's latencies, calculated at most once a second however often a policy asks for it.</summary>
internal sealed class RecentMedian(LatencyWindow window, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private Known? _known;

    public TimeSpan? Value
    {
        get
        {
            var known = Volatile.Read(ref _known);
            if (known is null || time.GetElapsedTime(known.At) >= Lifetime)
                Volatile.Write(ref _known, known = new(time.GetTimestamp(), Calculate()));
            return known.Median;
        }
    }

    private TimeSpan? Calculate() => window.QuantilesInMilliseconds(0.5)[0] is > 0 and var median ? TimeSpan.FromMilliseconds(median) : null;

    private sealed record Known(long At, TimeSpan? Median);
}
