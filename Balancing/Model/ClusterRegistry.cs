using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// ClusterRegistry maps YARP's clusters and destinations to the balancer's <see cref="Cluster"/> and <see cref="Backend"/>. It creates each on first
/// use, and each lives as long as YARP's object. So a cluster or backend that survives a reload keeps its counters and health.
/// </summary>
internal sealed class ClusterRegistry(IClusterOptionsSource options, TimeProvider time) : IClusterChangeListener
{
    private readonly ConditionalWeakTable<ClusterState, Cluster> _clusters = [];
    private readonly ConditionalWeakTable<DestinationState, Backend> _backends = [];
    private readonly ConcurrentDictionary<string, ClusterState> _states = new(StringComparer.OrdinalIgnoreCase);

    public Cluster Get(ClusterState state) =>
        _clusters.TryGetValue(state, out var cluster) ? cluster : _clusters.GetValue(state, key => new Cluster(key, options, time));

    public Backend Get(string clusterId, DestinationState state) =>
        _backends.TryGetValue(state, out var backend) ? backend : _backends.GetValue(state, key => new Backend(clusterId, key, time));

    /// <summary>The cluster with this id; null if there is none.</summary>
    public Cluster? Find(string clusterId) => _states.TryGetValue(clusterId, out var state) ? Get(state) : null;

    /// <summary>All current clusters.</summary>
    public IEnumerable<ClusterState> States => _states.Values;

    /// <summary>The cluster's backends in configured order.</summary>
    public IEnumerable<Backend> BackendsOf(ClusterState state) =>
        (state.Model.Config.Destinations?.Keys ?? []).Select(state.Destinations.GetValueOrDefault).OfType<DestinationState>()
        .Select(destination => Get(state.ClusterId, destination));

    public void OnClusterAdded(ClusterState cluster) => _states[cluster.ClusterId] = cluster;

    public void OnClusterChanged(ClusterState cluster) => _states[cluster.ClusterId] = cluster;

    public void OnClusterRemoved(ClusterState cluster) => _states.TryRemove(cluster.ClusterId, out _);
}
