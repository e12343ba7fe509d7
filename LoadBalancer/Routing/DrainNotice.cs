namespace AspireLB.LoadBalancer.Routing;

/// <summary>Says, once, that a draining backend has finished what it had.</summary>
internal sealed partial class DrainNotice(ILogger<DrainNotice> logger)
{
    public void ReportIfDrained(Backend backend)
    {
        if (backend.IsNewlyDrained())
            Log.Drained(logger, backend.Name, backend.Address, backend.ClusterId);
    }

    private static partial class Log
    {
        [LoggerMessage(14, LogLevel.Information, "Backend {Backend} ({Address}) of {Cluster} is drained", EventName = "BackendDrained")]
        public static partial void Drained(ILogger logger, string backend, string address, string cluster);
    }
}
