using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.Hosting.Dashboard;

/// <summary>
/// Reports a backend's state as the balancer sees it. If the balancer does not respond, the backend counts as healthy. Otherwise resources that
/// wait for a backend would wait for the balancer too, and the balancer may wait for the backend.
/// </summary>
internal sealed class BackendHealthCheck(LoadBalancerResource balancer, IResource backend, AdminClient admin) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return Judge(balancer.ConsoleEndpoint.IsAllocated ? await admin.ListAsync(cancellationToken) : []);
        }
        catch (Exception exception) when (IsUnavailable(exception) && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Healthy($"{balancer.Name} does not answer.");
        }
    }

    private static bool IsUnavailable(Exception exception) => exception is HttpRequestException or TaskCanceledException or JsonException;

    internal HealthCheckResult Judge(IReadOnlyList<ShownBackend> shown)
    {
        var own = shown.Where(IsOwn).ToList();
        if (own.Count == 0)
            return HealthCheckResult.Healthy($"{balancer.Name} does not know it yet.");

        var status = own.Min(entry => StatusOf(entry.State)); // Unhealthy is the lowest value
        return new(status, string.Join(", ", own.Select(entry => own.Count == 1 ? entry.State : $"{entry.Name}: {entry.State}").Distinct()));
    }

    private bool IsOwn(ShownBackend shown) =>
        balancer.Clusters.Backends.Any(entry => entry.Backend.Resource == backend && entry.Cluster.Id == shown.Cluster)
        && (backend.GetReplicaCount() > 1 ? shown.Name.StartsWith(backend.Name + "-", StringComparison.Ordinal) : shown.Name == backend.Name);

    private static HealthStatus StatusOf(string state) => state switch
    {
        ShownBackend.Unhealthy => HealthStatus.Unhealthy,
        ShownBackend.Ejected or ShownBackend.Draining or ShownBackend.Disabled => HealthStatus.Degraded,
        _ => HealthStatus.Healthy,
    };
}
