using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Routing;
using AspireLB.LoadBalancer.Administering.RunTime;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>Finds backends by name and applies manual changes of state and weight.</summary>
internal sealed class BackendDirectory(
    IProxyStateLookup proxy,
    ClusterRegistry registry,
    Availability availability,
    DrainNotice drained,
    SlowStart slowStart)
{
    /// <summary>All backends, grouped by cluster, in configured order.</summary>
    public IEnumerable<Backend> All => Clusters.SelectMany(cluster => registry.BackendsOf(cluster.State));

    public IEnumerable<Cluster> Clusters =>
        proxy.GetClusters().OrderBy(cluster => cluster.ClusterId, StringComparer.OrdinalIgnoreCase).Select(registry.Get);

    public IEnumerable<RouteModel> Routes => proxy.GetRoutes();

    /// <exception cref="AdminFailure">There is no such cluster.</exception>
    public ClusterState RequireCluster(string cluster) =>
        proxy.TryGetCluster(cluster, out var state)
            ? state
            : throw new AdminFailure(StatusCodes.Status404NotFound, $"There is no cluster '{cluster}'.");

    /// <exception cref="AdminFailure">There is no such backend.</exception>
    public Backend Require(string cluster, string name)
    {
        // Kestrel does not decode a slash within a path segment.
        var plain = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return proxy.TryGetCluster(cluster, out var state) && state.Destinations.TryGetValue(plain, out var destination)
            ? registry.Get(state.ClusterId, destination)
            : throw new AdminFailure(StatusCodes.Status404NotFound, $"There is no backend '{plain}' in a cluster '{cluster}'.");
    }

    /// <summary>Gives a backend the state and weight of an edit; does nothing if it already has them.</summary>
    public void Apply(Backend backend, BackendEdit edit)
    {
        if (backend.Administration.State == edit.State && backend.Administration.WeightOverride == edit.Weight)
            return;

        var wasOut = backend.Administration.State != AdministrativeState.Active;
        backend.Administration.WeightOverride = edit.Weight;
        backend.Administration.Set(edit.State);
        if (wasOut && edit.State == AdministrativeState.Active)
            slowStart.Begin(backend);
        drained.Watch(backend);
        availability.Refresh(backend.ClusterId);
    }
}
