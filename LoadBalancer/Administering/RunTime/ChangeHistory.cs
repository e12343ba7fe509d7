namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>A change that took effect.</summary>
/// <param name="Revision">Number of the state after it.</param>
/// <param name="At">When.</param>
/// <param name="Who">Who asked for it, as far as is known.</param>
/// <param name="What">What was asked for.</param>
/// <param name="Changes">What became different, a line each: + new, - gone, ~ changed.</param>
internal sealed record Change(long Revision, DateTimeOffset At, string Who, string What, IReadOnlyList<string> Changes);

/// <summary>The latest changes, and the audit log of all of them.</summary>
internal sealed partial class ChangeHistory(ILogger<ChangeHistory> logger)
{
    private const int Kept = 200;

    private readonly Queue<Change> _changes = new();

    /// <summary>Latest first.</summary>
    public IReadOnlyList<Change> Latest
    {
        get
        {
            lock (_changes)
                return [.. _changes.Reverse()];
        }
    }

    public void Add(Change change)
    {
        lock (_changes)
        {
            _changes.Enqueue(change);
            if (_changes.Count > Kept)
                _changes.Dequeue();
        }

        Log.Changed(logger, change.Revision, change.Who, change.What, change.Changes.Count == 0 ? "no difference" : string.Join("; ", change.Changes));
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Information, "Change {Revision} by {Who}: {What}: {Changes}", EventName = "AdminChange")]
        public static partial void Changed(ILogger logger, long revision, string who, string what, string changes);
    }
}
