namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>HandshakeLog logs why TLS with a backend failed: once, and again when the reason changes or after a minute.</summary>
internal sealed partial class HandshakeLog(ILogger logger, TimeProvider time, string cluster)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private (string Backend, string Reason) _last;
    private long _at;

    public void Failed(string backend, Exception error)
    {
        var reason = (error.InnerException ?? error).Message;
        lock (_gate)
        {
            if (_last == (backend, reason) && time.GetElapsedTime(_at) < Interval)
                return;
            (_last, _at) = ((backend, reason), time.GetTimestamp());
        }

        Log.Refused(logger, backend, cluster, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Warning, "TLS to {Backend} of {Cluster} failed: {Reason}", EventName = "TlsFailed")]
        public static partial void Refused(ILogger logger, string backend, string cluster, string reason);
    }
}
