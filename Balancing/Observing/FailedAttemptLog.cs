using System.Collections.Concurrent;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>FailedAttemptLog logs failed attempts: the first of a kind at once, and those that follow summed up every ten seconds.</summary>
internal sealed partial class FailedAttemptLog(TimeProvider time, ILogger<FailedAttemptLog> logger)
{
    public static readonly TimeSpan While = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Cluster, string Backend, string Outcome), Kind> _kinds = new();

    public void Add(Backend backend, AttemptResult result, bool isRetried)
    {
        var outcome = OutcomeName.For(result);
        var added = new Kind();
        var kind = _kinds.GetOrAdd((backend.ClusterId, backend.Name, outcome), added);
        if (kind != added)
        {
            Interlocked.Increment(ref kind.More);
            return;
        }

        Log.Failed(logger, backend.Name, backend.ShownAddress, backend.ClusterId, outcome, isRetried ? "retried elsewhere" : "not retried");
        _ = SumUpAsync(backend, outcome, kind);
    }

    private async Task SumUpAsync(Backend backend, string outcome, Kind kind)
    {
        do
        {
            await Task.Delay(While, time);
        }
        while (Report(backend, outcome, kind));

        // Another thread may have counted one more just before the removal.
        _kinds.TryRemove((backend.ClusterId, backend.Name, outcome), out _);
        Report(backend, outcome, kind);
    }

    private bool Report(Backend backend, string outcome, Kind kind)
    {
        var more = Interlocked.Exchange(ref kind.More, 0);
        if (more > 0)
            Log.MoreFailed(logger, more, backend.Name, backend.ShownAddress, backend.ClusterId, While.TotalSeconds, outcome);
        return more > 0;
    }

    private sealed class Kind
    {
        public long More;
    }

    private static partial class Log
    {
        [LoggerMessage(33, LogLevel.Warning, "Attempt at {Backend} ({Address}) of {Cluster} failed: {Outcome}, {Repeated}",
            EventName = "AttemptFailed")]
        public static partial void Failed(ILogger logger, string backend, string address, string cluster, string outcome, string repeated);

        [LoggerMessage(34, LogLevel.Warning, "{Count} more attempts at {Backend} ({Address}) of {Cluster} failed within {Seconds} s: {Outcome}",
            EventName = "AttemptsFailed")]
        public static partial void MoreFailed(
            ILogger logger, long count, string backend, string address, string cluster, double seconds, string outcome);
    }
}
