using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.Hosting.Dashboard;

/// <summary>Adds the balancers' commands and a health check per balancer to a backend's row in the dashboard.</summary>
internal static class BackendRow
{
    /// <summary>Makes the row show this balancer. Calling it again for the same balancer has no effect.</summary>
    public static void ShowInRow(this IResourceBuilder<IResourceWithEndpoints> backend, LoadBalancerResource balancer)
    {
        var balancers = backend.Resource.Annotations.OfType<BalancedByAnnotation>().FirstOrDefault();
        if (balancers is null)
        {
            backend.WithAnnotation(balancers = new BalancedByAnnotation());
            backend.AddCommands(balancers);
        }

        if (balancers.Add(balancer))
            AddHealth(backend, balancer);
    }

    private static void AddHealth(IResourceBuilder<IResourceWithEndpoints> backend, LoadBalancerResource balancer)
    {
        var key = $"{balancer.Name}-{backend.Resource.Name}";
        var check = new BackendHealthCheck(balancer, backend.Resource, new AdminClient(balancer));
        backend.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, check, HealthStatus.Unhealthy, tags: null));
        backend.WithHealthCheck(key);
    }
}

/// <summary>Lists the balancers that have this resource as a backend.</summary>
internal sealed class BalancedByAnnotation : IResourceAnnotation
{
    private readonly List<LoadBalancerResource> _balancers = [];

    public IReadOnlyList<LoadBalancerResource> Balancers => _balancers;

    public bool Add(LoadBalancerResource balancer)
    {
        if (_balancers.Contains(balancer))
            return false;
        _balancers.Add(balancer);
        return true;
    }
}
