using System.ComponentModel.DataAnnotations;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The <c>LoadBalancer</c> section itself: defaults for every cluster, and options of the whole process.</summary>
[OptionsSection]
internal sealed partial class RootOptions : ClusterOptions
{
    /// <summary>Maximum number of requests in flight over all clusters; further requests get a 503 response. Default 0: no limit.</summary>
    [Range(0, 10_000_000)]
    public int MaxInFlight { get; set; }

    /// <summary>
    /// Maximum number of client connections; further ones wait in the system's backlog until others close. Default 0: half of the process's limit
    /// of open files, after 320 are set aside for the balancer itself, so that each client can have a backend connection at the same time. Read at
    /// start-up.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxConnections { get; set; }

    /// <summary>
    /// Whether the balancer's own event loops serve connections on Linux; otherwise .NET's sockets do. Read at start-up. Default true.
    /// </summary>
    public bool EventLoops { get; set; } = true;

    /// <summary>
    /// Whether event loops batch receives and sends into one system call through io_uring, where the system allows it (Linux 6.1 or newer;
    /// Docker's default seccomp filter forbids it). Otherwise each is a system call of its own. Read at start-up. Default true.
    /// </summary>
    public bool IoUring { get; set; } = true;

    /// <summary>Which proxies' forwarded headers are trusted.</summary>
    public ForwardedHeadersOptions ForwardedHeaders { get; set; } = new();

    /// <summary>The access log: one line per request.</summary>
    public AccessLogOptions AccessLog { get; set; } = new();

    /// <summary>Timing of a graceful stop.</summary>
    public ShutdownOptions Shutdown { get; set; } = new();
}

/// <summary>Timing of a graceful stop (SIGTERM, Ctrl+C). A second signal ends the process at once.</summary>
[OptionsSection]
internal sealed partial class ShutdownOptions
{
    /// <summary>
    /// Time during which the balancer reports that it is not ready but still accepts requests, so that clients can move elsewhere first. Default 0.
    /// </summary>
    [Duration("00:00:00", "01:00:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>Time that requests and WebSockets in flight then have to finish. Default 30 s.</summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);
}
