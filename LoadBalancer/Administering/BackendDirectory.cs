using AspireLB.LoadBalancer.Routing;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Finds backends by name and changes them at run time.</summary>
internal sealed class BackendDirectory(IProxyStateLookup proxy, ClusterRegistry registry, IClusterDestinationsUpdater updater)
{
    /// <summary>All backends, cluster by cluster, in configured order.</summary>
    public IEnumerable<Backend> All => proxy.GetClusters().OrderBy(cluster => cluster.ClusterId, StringComparer.OrdinalIgnoreCase).SelectMany(registry.BackendsOf);

    /// <summary>The backend, or null if there is no such cluster or no such backend in it.</summary>
    public Backend? Find(string cluster, string name) =>
        proxy.TryGetCluster(cluster, out var state) && state.Destinations.TryGetValue(name, out var destination) ? registry.Of(state.ClusterId, destination) : null;

    public void SetState(Backend backend, AdministrativeState state)
    {
        backend.Administrative = state;
        Update(backend);
    }

    public void SetWeight(Backend backend, int weight)
    {
        backend.WeightOverride = weight;
        Update(backend);
    }

    private void Update(Backend backend)
    {
        if (proxy.TryGetCluster(backend.ClusterId, out var cluster))
            updater.UpdateAvailableDestinations(cluster);
    }
}
