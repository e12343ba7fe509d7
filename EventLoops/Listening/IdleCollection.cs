namespace AspireLB.EventLoops.Listening;

/// <summary>
/// Collects what parked connections have left behind. While requests come the collector runs by itself; a process that has nothing to do but to hold
/// connections would keep it for good.
/// </summary>
/// <param name="worthwhile">Connections parked since the last time that make it worth the while.</param>
internal sealed class IdleCollection(int worthwhile)
{
    /// <summary>Allocated between two looks, by some hundred requests.</summary>
    private const long QuietBytes = 256 * 1024;

    private long _parked;
    private long _collected;
    private long _allocated;

    /// <param name="parked">Connections that have ever been parked.</param>
    /// <param name="allocated">Bytes that have ever been allocated.</param>
    public void ObserveTraffic(long parked, long allocated)
    {
        if (TryStart(parked, allocated))
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    internal bool TryStart(long parked, long allocated)
    {
        var isQuiet = parked == _parked && allocated - _allocated < QuietBytes;
        _parked = parked;
        _allocated = allocated;
        if (!isQuiet || parked - _collected < worthwhile)
            return false;

        _collected = parked;
        return true;
    }
}
