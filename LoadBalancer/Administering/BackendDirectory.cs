using AspireLB.LoadBalancer.Health;
using AspireLB.LoadBalancer.Routing;
using Yarp.ReverseProxy;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Finds backends by name and changes them at run time.</summary>
internal sealed class BackendDirectory(IProxyStateLookup proxy, ClusterRegistry registry, Availability availability, DrainNotice drained, SlowStart slowStart)
{
    /// <summary>All backends, cluster by cluster, in configured order.</summary>
    public IEnumerable<Backend> All => proxy.GetClusters().OrderBy(cluster => cluster.ClusterId, StringComparer.OrdinalIgnoreCase).SelectMany(registry.BackendsOf);

    /// <summary>The backend, or null if there is no such cluster or no such backend in it.</summary>
    public Backend? Find(string cluster, string name) =>
        proxy.TryGetCluster(Unescaped(cluster), out var state) && state.Destinations.TryGetValue(Unescaped(name), out var destination)
            ? registry.Of(state.ClusterId, destination)
            : null;

    public void SetState(Backend backend, AdministrativeState state)
    {
        var wasOut = backend.Administrative != AdministrativeState.Active;
        backend.Set(state);
        if (wasOut && state == AdministrativeState.Active)
            slowStart.Begin(backend);
        drained.ReportIfDrained(backend);
        availability.Refresh(backend.ClusterId);
    }

    public void SetWeight(Backend backend, int weight)
    {
        backend.WeightOverride = weight;
        availability.Refresh(backend.ClusterId);
    }

    // The one character that the server leaves escaped in a path. Names have it: server-1/2 is the second endpoint of a service.
    private static string Unescaped(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
