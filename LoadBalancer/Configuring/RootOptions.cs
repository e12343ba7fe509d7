using System.ComponentModel.DataAnnotations;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The <c>LoadBalancer</c> section itself: the defaults of every cluster, and what concerns the whole process.</summary>
[OptionsSection]
internal sealed partial class RootOptions : ClusterOptions
{
    /// <summary>Requests the balancer works on at a time, over all clusters; more are answered 503. Default 0: no limit.</summary>
    [Range(0, 10_000_000)]
    public int MaxInFlight { get; set; }

    /// <summary>
    /// Connections of clients at a time; more wait in the system's backlog until others close. Default 0: half of what the process's limit of open files
    /// leaves after 320 for itself, so that each client can have a connection to a backend at the same time. Read at start-up.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxConnections { get; set; }

    /// <summary>Whether event loops of the balancer's own carry connections, on Linux; otherwise .NET's own sockets do. Read at start-up. Default true.</summary>
    public bool EventLoops { get; set; } = true;

    /// <summary>
    /// Whether event loops make many receives and sends in one system call, by way of io_uring, where the system lets them (from Linux 6.1 on; Docker's own filter of system calls forbids it);
    /// otherwise each is a call of its own. Read at start-up. Default true.
    /// </summary>
    public bool IoUring { get; set; } = true;

    /// <summary>What clients say about whom they forward for.</summary>
    public ForwardedHeadersOptions ForwardedHeaders { get; set; } = new();

    /// <summary>A line for each request.</summary>
    public AccessLogOptions AccessLog { get; set; } = new();

    /// <summary>What happens between the signal to stop and the end.</summary>
    public ShutdownOptions Shutdown { get; set; } = new();
}

/// <summary>What happens between the signal to stop (SIGTERM, Ctrl+C) and the end. A second signal ends the process at once.</summary>
[OptionsSection]
internal sealed partial class ShutdownOptions
{
    /// <summary>Time during which the balancer says that it is not ready and still takes requests, so that whoever sends them can turn away first. Default 0.</summary>
    [Duration("00:00:00", "01:00:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>Time that requests and WebSockets under way then have to finish. Default 30 s.</summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);
}
