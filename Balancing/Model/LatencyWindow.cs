using System.Numerics;

namespace AspireLB.Balancing.Model;

/// <summary>
/// Quantiles of the latencies of the last minute, in log-linear buckets (eight to a doubling: at most 6 % off). Recording is one
/// increment; safe from many threads. Each backend has one, and its latencies are mostly of a few magnitudes, so that there is memory
/// for those alone: a kilobyte, where all would take five.
/// </summary>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int Slots = 6;
    private const int SubBuckets = 8;
    private const int Groups = 9;
    private const int GroupBuckets = 3 * SubBuckets;
    internal const int Buckets = Groups * GroupBuckets; // up to 2^29 µs, nine minutes
    private static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(10);

    private readonly long _slotTicks = time.TimestampFrequency * (long)SlotLength.TotalSeconds;
    private readonly long[] _periods = [.. Enumerable.Repeat<long>(-Slots, Slots)];

    // Of each group of buckets, once something was in one of them: the counts of the first slot, then those of the second…
    private readonly int[]?[] _counts = new int[Groups][];

    public void Record(TimeSpan latency)
    {
        var period = CurrentPeriod();
        var slot = (int)(period % Slots);
        if (Volatile.Read(ref _periods[slot]) != period)
            Restart(slot, period);
        var (group, bucket) = Math.DivRem(BucketOf((ulong)Math.Max(0, latency.TotalMicroseconds)), GroupBuckets);
        var counts = Volatile.Read(ref _counts[group]) ?? Add(group);
        Interlocked.Increment(ref counts[(slot * GroupBuckets) + bucket]);
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
        for (var slot = 0; slot < Slots; slot++)
        {
            if (period - Volatile.Read(ref _periods[slot]) >= Slots)
                continue;
            for (var group = 0; group < Groups; group++)
                AddTo(sums.Slice(group * GroupBuckets, GroupBuckets), CountsOf(slot, group));
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

    private static void AddTo(Span<long> sums, ReadOnlySpan<int> counts)
    {
        for (var i = 0; i < counts.Length; i++)
            sums[i] += counts[i];
    }

    private Span<int> CountsOf(int slot, int group) =>
        Volatile.Read(ref _counts[group]) is { } counts ? counts.AsSpan(slot * GroupBuckets, GroupBuckets) : default;

    private int[] Add(int group)
    {
        var added = new int[Slots * GroupBuckets];
        return Interlocked.CompareExchange(ref _counts[group], added, null) ?? added;
    }

    // Two threads may restart a slot at the same time: a few recordings of that instant are lost, and that is all.
    private void Restart(int slot, long period)
    {
        for (var group = 0; group < Groups; group++)
            CountsOf(slot, group).Clear();
        Volatile.Write(ref _periods[slot], period);
    }
}
