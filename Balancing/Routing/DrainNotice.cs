using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Says, once, that a draining backend has finished what it had and gets nothing more: where sessions may be bound to it, not before their deadline.
/// </summary>
internal sealed partial class DrainNotice(ClusterRegistry registry, TimeProvider time, ILogger<DrainNotice> logger)
{
    /// <summary>A backend was set to draining, or has finished an attempt while it is.</summary>
    public void ReportIfDrained(Backend backend)
    {
        if (backend.Attempts.InFlight == 0 && SessionsMayStay(backend) == TimeSpan.Zero && backend.Administration.TryMarkDrained())
            Log.Drained(logger, backend.Name, backend.ShownAddress, backend.ClusterId);
    }

    /// <summary>The administrative state of a backend has changed.</summary>
    public void Watch(Backend backend)
    {
        ReportIfDrained(backend);
        if (SessionsMayStay(backend) > TimeSpan.Zero)
            _ = ReportAtDeadlineAsync(backend);
    }

    // A timer counts whole milliseconds and may go off in the last one before the deadline.
    private async Task ReportAtDeadlineAsync(Backend backend)
    {
        while (SessionsMayStay(backend) is var left && left > TimeSpan.Zero)
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), time);
        ReportIfDrained(backend);
    }

    /// <summary>Time that sessions bound to it may still send requests there; zero where there are none, and for one that does not drain.</summary>
    private TimeSpan SessionsMayStay(Backend backend)
    {
        if (registry.Find(backend.ClusterId) is not { State.Model.Config.SessionAffinity.Enabled: true } cluster || backend.Administration.State != AdministrativeState.Draining)
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
