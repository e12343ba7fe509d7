namespace AspireLB.EventLoops.Listening;

/// <summary>
/// IdleCollection collects the garbage that parked connections leave behind. Under traffic the garbage collector runs by itself; a process that only
/// holds idle connections allocates too little to trigger it.
/// </summary>
/// <param name="worthwhile">Number of connections parked since the last collection that justifies another one.</param>
internal sealed class IdleCollection(int worthwhile)
{
    /// <summary>Bytes allocated between two observations, below which the process counts as quiet; a few hundred requests allocate more.</summary>
    private const long QuietBytes = 256 * 1024;

    private long _parked;
    private long _collected;
    private long _allocated;

    /// <summary>Collects if enough connections were parked and the process has become quiet.</summary>
    /// <param name="parked">Number of connections parked since the start.</param>
    /// <param name="allocated">Bytes allocated since the start.</param>
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
