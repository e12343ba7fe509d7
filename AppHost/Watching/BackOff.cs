namespace AspireLB.AppHost.Watching;

/// <summary>How long to wait before a resource that ended by itself is started again: doubling, so that one that cannot run does not spin.</summary>
internal static class BackOff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A resource that ran this long was well: its next end counts as the first.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromSeconds(30);

    /// <param name="ends">How often in a row the resource has ended, this time included; at least 1.</param>
    public static TimeSpan Delay(int ends)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ends, 1);
        var doublings = Math.Min(ends - 1, 10);
        return TimeSpan.FromTicks(Math.Min(First.Ticks << doublings, Longest.Ticks));
    }

    /// <summary>The number of ends in a row, now that the resource has ended again <paramref name="sinceLast"/> after the end before.</summary>
    public static int Count(int endsBefore, TimeSpan sinceLast) => sinceLast >= WellAfter ? 1 : endsBefore + 1;
}
