using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>
/// Shared settings of the fault tests. <c>FAULT_REQUESTS</c> sets how many requests a scenario sends;
/// docs/measurements/faults.md has the command of a full run.
/// </summary>
[CollectionDefinition(Name)]
public sealed class FaultRun
{
    public const string Name = "faults";

    /// <summary>
    /// The one configuration for every fault: the defaults, a health path, a probe interval and a time limit for an attempt.
    /// </summary>
    internal static readonly string[] Settings =
        [
            "--LoadBalancer:Health:Active:Path", "/health",
            "--LoadBalancer:Health:Active:Interval", "00:00:01",
            "--LoadBalancer:Retry:PerAttemptTimeout", "00:00:02",
        ];

    /// <summary>Number of requests in a scenario.</summary>
    internal static long Requests { get; } = long.Parse(Environment.GetEnvironmentVariable("FAULT_REQUESTS") ?? "1200", CultureInfo.InvariantCulture);

    /// <summary>Flask servers count executions of at most 10,000 ids each.</summary>
    internal static long Posts { get; } = Math.Min(Requests, 20_000);

    /// <summary>Number of changes of a configuration file; each takes a second to be noticed.</summary>
    internal static int FileReloads { get; } = (int)Math.Clamp(Requests / 300, 4, 50);
}
