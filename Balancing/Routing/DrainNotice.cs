using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// DrainNotice logs once that a draining backend has finished its requests and gets no more. If sessions may be bound to the backend, it waits for
/// their deadline.
/// </summary>
internal sealed partial class DrainNotice(ClusterRegistry registry, TimeProvider time, ILogger<DrainNotice> logger)
{
    /// <summary>Logs that a backend is drained, if it is. Call this after a draining backend has finished an attempt.</summary>
    public void ReportIfDrained(Backend backend)
    {
        if (backend.Attempts.InFlight == 0 && RemainingSessionTime(backend) == TimeSpan.Zero && backend.Administration.TryMarkDrained())
            Log.Drained(logger, backend.Name, backend.ShownAddress, backend.ClusterId);
    }

    /// <summary>Watches a backend whose administrative state has changed.</summary>
    public void Watch(Backend backend)
    {
        ReportIfDrained(backend);
        if (RemainingSessionTime(backend) > TimeSpan.Zero)
            _ = ReportAtDeadlineAsync(backend);
    }

    // A timer counts whole milliseconds and may fire within the last one before the deadline.
    private async Task ReportAtDeadlineAsync(Backend backend)
    {
        while (RemainingSessionTime(backend) is var left && left > TimeSpan.Zero)
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), time);
        ReportIfDrained(backend);
    }

    /// <summary>
    /// How long sessions bound to a draining backend may still send requests to it; zero without session affinity or if the backend is not draining.
    /// </summary>
    private TimeSpan RemainingSessionTime(Backend backend)
    {
        if (registry.Find(backend.ClusterId) is not { State.Model.Config.SessionAffinity.Enabled: true } cluster
            || backend.Administration.State != AdministrativeState.Draining)
            return TimeSpan.Zero;

        var left = backend.Administration.DrainsSince + cluster.Options.DrainDeadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static partial class Log
    {
        [LoggerMessage(14, LogLevel.Information, "Backend {Backend} ({Address}) of {Cluster} is drained", EventName = "BackendDrained")]
        public static partial void Drained(ILogger logger, string backend, string address, string cluster);
    }
}
