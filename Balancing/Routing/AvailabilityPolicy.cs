using System.Runtime.CompilerServices;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// AvailabilityPolicy tells YARP which destinations requests may go to, whenever health or configuration changes. YARP's own list has no order; this
/// one has the configured order, so that round robin is predictable. Health changes often: at the start, once for each backend. So the policy caches
/// what depends on configuration only, and keeps the current list if a new one would be the same.
/// </summary>
internal sealed class AvailabilityPolicy(ClusterRegistry registry, IClusterOptionsSource options, TimeProvider time) : IAvailableDestinationsPolicy
{
    // YARP creates a new list of all destinations when a destination is added, removed or reconfigured.
    private readonly ConditionalWeakTable<IReadOnlyList<DestinationState>, Ordered> _orders = [];

    public string Name => OwnedCluster.AvailabilityPolicy;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        var backends = InOrder(config, allDestinations);
        var clusterOptions = options.For(config.ClusterId);
        var isReweighed = false;
        foreach (var backend in backends)
            isReweighed |= TryReweigh(backend, clusterOptions);

        var health = clusterOptions.Health;
        var available = AvailableSet.Choose(backends, health.PanicThresholdPercent, health.Passive.MaxEjectedPercent);
        var cluster = registry.Find(config.ClusterId);
        return !isReweighed && cluster?.Available is { KnownCluster: not null } current && current.Backends.SequenceEqual(available)
            ? current
            : new AvailableBackends(available, cluster);
    }

    private Backend[] InOrder(ClusterConfig config, IReadOnlyList<DestinationState> destinations)
    {
        if (_orders.TryGetValue(destinations, out var cached) && ReferenceEquals(cached.Config, config))
            return cached.Backends;

        var positions = (config.Destinations?.Keys ?? []).Index()
            .ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.OrdinalIgnoreCase);
        Backend[] backends =
        [
            .. destinations
                .OrderBy(destination => positions.GetValueOrDefault(destination.DestinationId, int.MaxValue))
                .Select(destination => registry.Get(config.ClusterId, destination)),
        ];
        foreach (var backend in backends)
            backend.Share.ConfiguredWeight = BackendWeight.For(backend.Destination.Model.Config);
        _orders.AddOrUpdate(destinations, new(config, backends));
        return backends;
    }

    /// <summary>Updates a backend's picking weight.</summary>
    /// <returns>Whether the weight has changed.</returns>
    private bool TryReweigh(Backend backend, ClusterOptions cluster)
    {
        var rampFactor = SlowStartRamp.Factor(time.GetUtcNow() - backend.Health.RampStart, cluster.SlowStart);
        var before = backend.Share.PickingWeight;
        backend.Share.PickingWeight = Math.Max(1, (int)Math.Round(backend.EffectiveWeight * SlowStartRamp.Scale * rampFactor));
        return backend.Share.PickingWeight != before;
    }

    private sealed record Ordered(ClusterConfig Config, Backend[] Backends);
}
