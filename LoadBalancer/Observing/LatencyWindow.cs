using System.Numerics;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Quantiles of the latencies of the last minute, in log-linear buckets (eight to a doubling: at most 6 % off). Recording is one
/// increment; safe from many threads.
/// </summary>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int Slots = 6;
    private const int SubBuckets = 8;
    internal const int Buckets = 27 * SubBuckets; // up to 2^29 µs, nine minutes
    private static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(10);

    private readonly long _slotTicks = time.TimestampFrequency * (long)SlotLength.TotalSeconds;
    private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];

    public void Record(TimeSpan latency)
    {
        var period = CurrentPeriod();
        var slot = _slots[period % Slots];
        if (Volatile.Read(ref slot.Period) != period)
            slot.Restart(period);
        Interlocked.Increment(ref slot.Counts[BucketOf((ulong)Math.Max(0, latency.TotalMicroseconds))]);
    }

    /// <summary>The latency in milliseconds below which each given share (0 to 1, ascending) of the last minute's recordings lies; 0 without any.</summary>
    public double[] QuantilesInMilliseconds(params ReadOnlySpan<double> shares)
    {
        Span<long> sums = stackalloc long[Buckets];
        sums.Clear();
        return AddTo(sums) ? QuantilesOf(sums, shares) : new double[shares.Length];
    }

    /// <summary>Adds the last minute's recordings to these counts, bucket by bucket.</summary>
    /// <returns>Whether there may be any.</returns>
    internal bool AddTo(Span<long> sums)
    {
        var period = CurrentPeriod();
        var added = false;
        foreach (var slot in _slots)
        {
            if (period - Volatile.Read(ref slot.Period) >= Slots || slot.Counts.Length == 0)
                continue;
            for (var i = 0; i < Buckets; i++)
                sums[i] += slot.Counts[i];
            added = true;
        }

        return added;
    }

    /// <summary>Quantiles of counts by bucket, as <see cref="QuantilesInMilliseconds"/> gives them.</summary>
    internal static double[] QuantilesOf(ReadOnlySpan<long> sums, params ReadOnlySpan<double> shares)
    {
        var total = 0L;
        foreach (var count in sums)
            total += count;
        var quantiles = new double[shares.Length];
        var below = 0L;
        for (int asked = 0, bucket = 0; asked < shares.Length && total > 0; asked++)
        {
            var rank = Math.Max(1, (long)Math.Ceiling(shares[asked] * total));
            for (; below + sums[bucket] < rank; bucket++)
                below += sums[bucket];
            quantiles[asked] = MidpointOf(bucket) / 1000;
        }

        return quantiles;
    }

    private long CurrentPeriod() => time.GetTimestamp() / _slotTicks;

    internal static int BucketOf(ulong microseconds)
    {
        if (microseconds < SubBuckets)
            return (int)microseconds;
        var doubling = BitOperations.Log2(microseconds) - 2; // 1 for 8 to 15 µs
        return (int)Math.Min(Buckets - 1, (doubling * SubBuckets) + (long)(microseconds >> (doubling - 1)) - SubBuckets);
    }

    internal static double MidpointOf(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;
        var width = Math.Pow(2, (bucket / SubBuckets) - 1);
        return ((bucket % SubBuckets) + SubBuckets + 0.5) * width;
    }

    private sealed class Slot
    {
        public long Period = -Slots;
        public int[] Counts = [];

        // Two threads may restart a slot at the same time: a few recordings of that instant are lost, and that is all.
        public void Restart(long period)
        {
            if (Counts.Length == 0)
                Counts = new int[Buckets];
            else
                Array.Clear(Counts);
            Volatile.Write(ref Period, period);
        }
    }
}
