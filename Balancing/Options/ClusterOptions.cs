using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>
/// ClusterOptions configures what the balancer does for one cluster: the <c>LoadBalancer</c> section, overridden by
/// <c>LoadBalancer:Clusters:{id}</c>. Every property is validated when it is read; <see cref="DurationAttribute"/> and <see cref="RangeAttribute"/>
/// say what is allowed.
/// </summary>
[OptionsSection]
public partial class ClusterOptions
{
    /// <summary>Name of the policy that picks a backend for each request. Default <c>RoundRobin</c>.</summary>
    [Required]
    public string Policy { get; set; } = "RoundRobin";

    /// <summary>How the balancer finds out which backends can serve.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>
    /// Time over which a backend's weight rises to its full value after the backend is added or recovers. Default zero: full weight at once.
    /// </summary>
    [Duration("00:00:00", "01:00:00")]
    public TimeSpan SlowStart { get; set; } = TimeSpan.Zero;

    /// <summary>How long a draining backend still gets the requests of sessions that are bound to it. It gets no others. Default 5 min.</summary>
    [Duration("00:00:00", "7.00:00:00")]
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When a failed attempt is retried on another backend.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>How many requests may be in flight and how many may wait.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How long each phase of an attempt may take.</summary>
    public TimeoutOptions Timeouts { get; set; } = new();

    /// <summary>How connections to https backends are secured.</summary>
    public TlsOptions Tls { get; set; } = new();
}
