namespace AspireLB.Balancing.Model;

/// <summary>
/// SlidingCount counts the events of the last <paramref name="window"/> in ten slots, and drops the oldest slot as time passes. Adding is one
/// compare-and-swap and exact from many threads.
/// </summary>
internal sealed class SlidingCount(TimeProvider time, TimeSpan window)
{
    private const int Slots = 10;
    private const int CountBits = 32;

    // Each slot holds the number of its tenth in the upper half and the count in the lower, so that both change at once.
    private readonly long[] _slots = new long[Slots];
    private readonly long _slotTicks = Math.Max(1, (long)(window.TotalSeconds * time.TimestampFrequency / Slots));

    public void Add(int events = 1)
    {
        var tenth = CurrentTenth();
        ref var slot = ref _slots[tenth % Slots];
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            var updated = TenthOf(seen) == tenth ? seen + events : ((long)tenth << CountBits) | (uint)events;
            if (Interlocked.CompareExchange(ref slot, updated, seen) == seen)
                return;
        }
    }

    public long Sum()
    {
        var tenth = CurrentTenth();
        var sum = 0L;
        for (var i = 0; i < Slots; i++)
        {
            var seen = Volatile.Read(ref _slots[i]);
            if (tenth - TenthOf(seen) < Slots)
                sum += (uint)seen;
        }

        return sum;
    }

    public void Clear() => Array.Clear(_slots);

    // Starts at the number of slots, so that an empty slot never counts as the current tenth.
    private uint CurrentTenth() => (uint)((time.GetTimestamp() / _slotTicks) + Slots);

    private static uint TenthOf(long slot) => (uint)(slot >> CountBits);
}
