using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Following;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.Hosting.Dashboard;

/// <summary>What a backend's row in the dashboard has from its balancers: commands and a line in its health report.</summary>
internal static class BackendRow
{
    /// <summary>Makes the row show this balancer; does nothing where it does already.</summary>
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

/// <summary>The balancers that a resource is a backend of.</summary>
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
