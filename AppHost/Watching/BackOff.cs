namespace AspireLB.AppHost.Watching;

/// <summary>How long to wait before restarting a resource that failed. The delay doubles, so that a resource that cannot run does not spin.</summary>
internal static class BackOff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A resource that ran this long was healthy: its next failure counts as the first.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromSeconds(30);

    /// <param name="ends">How many times in a row the resource has ended, including this time; at least 1.</param>
    public static TimeSpan Delay(int ends)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ends, 1);
        var doublings = Math.Min(ends - 1, 10);
        return TimeSpan.FromTicks(Math.Min(First.Ticks << doublings, Longest.Ticks));
    }

    /// <summary>How many times in a row the resource has ended, if it ended again <paramref name="sinceLast"/> after the previous end.</summary>
    public static int Count(int endsBefore, TimeSpan sinceLast) => sinceLast >= WellAfter ? 1 : endsBefore + 1;
}
