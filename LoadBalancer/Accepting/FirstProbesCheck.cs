using AspireLB.Balancing.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Reports ready once every backend has been probed, with any result. Before that, the balancer may pick a backend that is down.</summary>
internal sealed class FirstProbesCheck(HealthMonitor monitor) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(monitor.FirstProbesDone ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the first probes have not finished"));
}
