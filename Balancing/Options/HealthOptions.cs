using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>How the balancer finds out which backends can serve.</summary>
[OptionsSection]
public sealed partial class HealthOptions
{
    /// <summary>Probes that the balancer sends.</summary>
    public ActiveHealthOptions Active { get; set; } = new();

    /// <summary>What the balancer learns from proxied requests.</summary>
    public PassiveHealthOptions Passive { get; set; } = new();

    /// <summary>
    /// Panic threshold, in percent. If a smaller share of the backends is available, all that are neither draining nor disabled get requests, since
    /// that many failed health checks are more likely wrong than right. Default 0: never.
    /// </summary>
    [Range(0, 100)]
    public int PanicThresholdPercent { get; set; }
}

/// <summary>Active health checks: the balancer sends a request to each backend at an interval.</summary>
[OptionsSection]
public sealed partial class ActiveHealthOptions
{
    /// <summary>Whether backends are probed. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Path and query of the probe. Default <c>/</c>.</summary>
    [Required, RegularExpression("/.*", ErrorMessage = "a path that starts with /")]
    public string Path { get; set; } = "/";

    /// <summary>Method of the probe. Default GET.</summary>
    [Required, RegularExpression("GET|HEAD|OPTIONS|POST", ErrorMessage = "GET, HEAD, OPTIONS or POST")]
    public string Method { get; set; } = "GET";

    /// <summary>Time between two probes of a backend. Default 5 s.</summary>
    [Duration("00:00:00.010", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Total time a probe may take. Default 2 s.</summary>
    [Duration("00:00:00.001", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Consecutive successful probes that make an unhealthy backend healthy. Default 1.</summary>
    [Range(1, 1000)]
    public int Rise { get; set; } = 1;

    /// <summary>Consecutive failed probes that make a backend unhealthy. The very first probe of a backend decides by itself. Default 2.</summary>
    [Range(1, 1000)]
    public int Fall { get; set; } = 2;

    /// <summary>Random variation of the interval, so that probes do not synchronize: 0.1 means ±10 %. Default 0.1.</summary>
    [Range(0, 0.9)]
    public double Jitter { get; set; } = 0.1;

    /// <summary>Time between two probes of an unhealthy backend, so that its recovery is detected soon. Default 1 s.</summary>
    [Duration("00:00:00.010", "1.00:00:00")]
    public TimeSpan DownInterval { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Passive health checks: outlier detection on proxied requests.</summary>
[OptionsSection]
public sealed partial class PassiveHealthOptions
{
    /// <summary>Whether proxied requests can eject a backend. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Consecutive attempts without a response that eject a backend. Default 3.</summary>
    [Range(1, 100_000)]
    public int ConsecutiveFailures { get; set; } = 3;

    /// <summary>Share of failed attempts within <see cref="Window"/> that ejects a backend. Default 0.5.</summary>
    [Range(0.01, 1)]
    public double ErrorRate { get; set; } = 0.5;

    /// <summary>
    /// A backend is ejected if its responses within <see cref="Window"/> take on average this many times as long as those of the other backends (the
    /// median of their averages), and at least 10 ms longer. Default null: latency ejects no backend.
    /// </summary>
    [Range(1.1, 1000.0)]
    public double? LatencyFactor { get; set; }

    /// <summary>
    /// Attempts within <see cref="Window"/> that <see cref="ErrorRate"/> and <see cref="LatencyFactor"/> require at least. Default 20.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MinimumRequests { get; set; } = 20;

    /// <summary>Time over which the error rate and the average latency are measured. Default 10 s.</summary>
    [Duration("00:00:01", "01:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Length of the first ejection. Each further one doubles it, up to <see cref="MaxEjectionTime"/>. Default 5 s.</summary>
    [Duration("00:00:00.010", "1.00:00:00")]
    public TimeSpan EjectionTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum length of an ejection. Default 5 min.</summary>
    [Duration("00:00:00.010", "7.00:00:00")]
    public TimeSpan MaxEjectionTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Maximum share of a cluster's backends that are ejected at a time, in percent. Default 50.</summary>
    [Range(0, 100)]
    public int MaxEjectedPercent { get; set; } = 50;
}
