using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// Counts durations in <see cref="LatencyWindow"/>'s buckets, for ever; one increment each, safe from many threads. Whoever looks keeps
/// what was there the last time (<see cref="DurationReader"/>), so that looking costs those who count nothing.
/// </summary>
internal sealed class DurationCounts
{
    private readonly long[] _counts = new long[LatencyWindow.Buckets];

    public void Record(TimeSpan duration) => Interlocked.Increment(ref _counts[LatencyWindow.BucketOf((ulong)Math.Max(0, duration.TotalMicroseconds))]);

    public void CopyTo(long[] destination)
    {
        for (var i = 0; i < _counts.Length; i++)
            destination[i] = Volatile.Read(ref _counts[i]);
    }
}

/// <summary>Tells what was counted between one look and the next. For one thread.</summary>
internal sealed class DurationReader(DurationCounts counts)
{
    private long[] _before = new long[LatencyWindow.Buckets];
    private long[] _now = new long[LatencyWindow.Buckets];

    /// <summary>Durations counted between the last two looks.</summary>
    public long Count { get; private set; }

    public void ReadSinceLast()
    {
        (_before, _now) = (_now, _before);
        counts.CopyTo(_now);
        Count = 0;
        for (var i = 0; i < _now.Length; i++)
            Count += _now[i] - _before[i];
    }

    /// <summary>The duration in milliseconds below which this share of them lies; 0 without any.</summary>
    public double QuantileInMilliseconds(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var below = 0L;
        for (var bucket = 0; bucket < _now.Length; bucket++)
        {
            below += _now[bucket] - _before[bucket];
            if (below >= rank)
                return LatencyWindow.MidpointOf(bucket) / 1000;
        }

        return 0;
    }
}
