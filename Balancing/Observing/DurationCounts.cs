using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// DurationCounts counts durations in <see cref="LatencyWindow"/>'s buckets and never resets them. Recording is one increment and thread-safe. A
/// reader keeps the counts of its last read (<see cref="DurationReader"/>), so that reading costs the recording threads nothing.
/// </summary>
internal sealed class DurationCounts
{
    private readonly long[] _counts = new long[LatencyWindow.Buckets];

    public void Record(TimeSpan duration) =>
        Interlocked.Increment(ref _counts[LatencyWindow.BucketOf((ulong)Math.Max(0, duration.TotalMicroseconds))]);

    public void CopyTo(long[] destination)
    {
        for (var i = 0; i < _counts.Length; i++)
            destination[i] = Volatile.Read(ref _counts[i]);
    }
}

/// <summary>DurationReader tells what was counted between two reads. For use by one thread.</summary>
internal sealed class DurationReader(DurationCounts counts)
{
    private long[] _before = new long[LatencyWindow.Buckets];
    private long[] _now = new long[LatencyWindow.Buckets];

    /// <summary>Number of durations counted between the last two reads.</summary>
    public long Count { get; private set; }

    public void ReadSinceLast()
    {
        (_before, _now) = (_now, _before);
        counts.CopyTo(_now);
        Count = 0;
        for (var i = 0; i < _now.Length; i++)
            Count += _now[i] - _before[i];
    }

    /// <summary>The quantile of the durations for this share, in milliseconds; 0 without durations.</summary>
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
