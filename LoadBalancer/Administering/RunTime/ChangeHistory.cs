namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>A change that took effect.</summary>
/// <param name="Revision">Number of the state after the change.</param>
/// <param name="At">When it took effect.</param>
/// <param name="Who">Who requested it, as far as known.</param>
/// <param name="What">What was requested.</param>
/// <param name="Changes">The differences, one line each: + added, - removed, ~ changed.</param>
internal sealed record Change(long Revision, DateTimeOffset At, string Who, string What, IReadOnlyList<string> Changes);

/// <summary>Keeps the latest changes and writes all of them to the audit log.</summary>
internal sealed partial class ChangeHistory(ILogger<ChangeHistory> logger)
{
    private const int Kept = 200;

    private readonly Queue<Change> _changes = new();

    /// <summary>The latest changes, newest first.</summary>
    public Change[] Latest
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

        var changes = change.Changes.Count == 0 ? "no difference" : string.Join("; ", change.Changes);
        Log.Changed(logger, change.Revision, change.Who, change.What, changes);
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Information, "Change {Revision} by {Who}: {What}: {Changes}", EventName = "AdminChange")]
        public static partial void Changed(ILogger logger, long revision, string who, string what, string changes);
    }
}
