using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>
/// Guards against faults in an application's own policy: if the policy throws or returns a backend that is not a candidate, round robin picks
/// instead. A backend that is not a candidate could be out of service or have no free slot.
/// </summary>
internal sealed partial class GuardedPolicy(IPickingPolicy policy, TimeProvider time, ILogger<GuardedPolicy> logger) : IPickingPolicy
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMinutes(1);

    private readonly RoundRobin _fallback = new();
    private readonly Lock _lock = new();
    private long? _reported;

    public string Name { get; } = policy.Name;

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        Exception? error = null;
        try
        {
            var backend = policy.Pick(context, candidates, turn);
            if (candidates.Backends.IndexOf(backend) >= 0)
                return backend;
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        Report(error);
        return _fallback.Pick(context, candidates, turn);
    }

    // A faulty policy may fail on every request, so report at most once a minute.
    private void Report(Exception? error)
    {
        lock (_lock)
        {
            if (_reported is { } reported && time.GetElapsedTime(reported) < BetweenReports)
                return;
            _reported = time.GetTimestamp();
        }

        if (error is null)
            Log.Misplaced(logger, Name);
        else
            Log.Failed(logger, Name, error);
    }

    private static partial class Log
    {
        [LoggerMessage(41, LogLevel.Error, "The policy {Policy} failed; round robin picked instead", EventName = "PolicyFailed")]
        public static partial void Failed(ILogger logger, string policy, Exception error);

        [LoggerMessage(
            42, LogLevel.Error, "The policy {Policy} returned a backend that is not among the candidates; round robin picked instead",
            EventName = "PolicyMisplaced")]
        public static partial void Misplaced(ILogger logger, string policy);
    }
}
