using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// What the balancer does for one cluster: the <c>LoadBalancer</c> section, with <c>LoadBalancer:Clusters:{id}</c> laid over it.
/// Every property is checked when it is read; see <see cref="DurationAttribute"/> and <see cref="RangeAttribute"/> for what is allowed.
/// </summary>
public class ClusterOptions
{
    /// <summary>How a backend is picked: the name of a registered policy. Default <c>RoundRobin</c>.</summary>
    [Required]
    public string Policy { get; set; } = "RoundRobin";

    /// <summary>How the balancer finds out which backends can serve.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>Ramp of the effective weight after a backend recovers or is added. Default zero: full weight at once.</summary>
    [Duration("00:00:00", "01:00:00")]
    public TimeSpan SlowStart { get; set; } = TimeSpan.Zero;

    /// <summary>How long sessions bound to a draining backend may still go there; others never do. Default 5 min.</summary>
    [Duration("00:00:00", "7.00:00:00")]
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When a failed attempt is repeated on another backend.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>How many requests may be in flight and how many may wait.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How long each phase of an attempt may take.</summary>
    public TimeoutOptions Timeouts { get; set; } = new();

    /// <summary>How connections to https backends are secured.</summary>
    public TlsOptions Tls { get; set; } = new();
}
