using System.Numerics;

namespace AspireLB.Balancing.Model;

/// <summary>
/// LatencyWindow gives quantiles of the latencies of the last minute, from log-linear buckets (eight to a doubling: at most 6 % off). Recording is
/// one increment and thread-safe. Each backend has a window, and its latencies mostly have a few orders of magnitude. So groups of buckets are
/// allocated when first used: about 1 KB instead of 5 KB.
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

    // For each group of buckets the counts of the first slot, then those of the second, and so on; null until the group is first used.
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

    /// <summary>The latencies in milliseconds below which the given shares (0 to 1, ascending) of the last minute's recordings lie.</summary>
    /// <returns>One latency for each share; 0 if there are no recordings.</returns>
    public double[] QuantilesInMilliseconds(params ReadOnlySpan<double> shares)
    {
        Span<long> sums = stackalloc long[Buckets];
        sums.Clear();
        return AddTo(sums) ? QuantilesOf(sums, shares) : new double[shares.Length];
    }

    /// <summary>Adds the last minute's recordings to these counts, bucket by bucket.</summary>
    /// <returns>False if there are none.</returns>
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

    /// <summary>Quantiles of counts by bucket, in the form that <see cref="QuantilesInMilliseconds"/> returns.</summary>
    internal static double[] QuantilesOf(ReadOnlySpan<long> sums, params ReadOnlySpan<double> shares)
    {
        var total = 0L;
        foreach (var count in sums)
            total += count;
        var quantiles = new double[shares.Length];
        var below = 0L;
        for (int index = 0, bucket = 0; index < shares.Length && total > 0; index++)
        {
            var rank = Math.Max(1, (long)Math.Ceiling(shares[index] * total));
            for (; below + sums[bucket] < rank; bucket++)
                below += sums[bucket];
            quantiles[index] = MidpointOf(bucket) / 1000;
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

    // Two threads may restart a slot at the same time. A few recordings of that instant are then lost, which is acceptable.
    private void Restart(int slot, long period)
    {
        for (var group = 0; group < Groups; group++)
            CountsOf(slot, group).Clear();
        Volatile.Write(ref _periods[slot], period);
    }
}
