using System.Runtime.CompilerServices;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// Tells YARP which destinations requests may go to, whenever health or configuration change. YARP's own list has no order; this one has
/// the configured one, so that round robin is predictable. Health changes often, and with a thousand backends a thousand times at the start, so
/// what depends on configuration alone is kept, and the list itself where it would be the same.
/// </summary>
internal sealed class AvailabilityPolicy(ClusterRegistry registry, IClusterOptionsSource options, TimeProvider time) : IAvailableDestinationsPolicy
{
    // YARP makes a new list of all destinations when one of them has come, gone or been configured anew.
    private readonly ConditionalWeakTable<IReadOnlyList<DestinationState>, Ordered> _orders = [];

    public string Name => OwnedCluster.AvailabilityPolicy;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        var backends = InOrder(config, allDestinations);
        var chosen = options.For(config.ClusterId);
        var reweighed = false;
        foreach (var backend in backends)
            reweighed |= Reweigh(backend, chosen);

        var available = AvailableSet.Choose(backends, chosen.Health.PanicThresholdPercent, chosen.Health.Passive.MaxEjectedPercent);
        var cluster = registry.Find(config.ClusterId);
        return !reweighed && cluster?.Available is { KnownCluster: not null } current && current.Backends.SequenceEqual(available) ? current : new AvailableBackends(available, cluster);
    }

    private Backend[] InOrder(ClusterConfig config, IReadOnlyList<DestinationState> destinations)
    {
        if (_orders.TryGetValue(destinations, out var known) && ReferenceEquals(known.Config, config))
            return known.Backends;

        var places = (config.Destinations?.Keys ?? []).Index().ToDictionary(place => place.Item, place => place.Index, StringComparer.OrdinalIgnoreCase);
        Backend[] backends =
        [
            .. destinations
                .OrderBy(destination => places.GetValueOrDefault(destination.DestinationId, int.MaxValue))
                .Select(destination => registry.Get(config.ClusterId, destination)),
        ];
        foreach (var backend in backends)
            backend.Share.ConfiguredWeight = BackendWeight.For(backend.Destination.Model.Config);
        _orders.AddOrUpdate(destinations, new(config, backends));
        return backends;
    }

    /// <returns>Whether its weight in picking has changed.</returns>
    private bool Reweigh(Backend backend, ClusterOptions cluster)
    {
        var warm = SlowStartRamp.Factor(time.GetUtcNow() - backend.Health.RampStart, cluster.SlowStart);
        var before = backend.Share.PickingWeight;
        backend.Share.PickingWeight = Math.Max(1, (int)Math.Round(backend.EffectiveWeight * SlowStartRamp.Scale * warm));
        return backend.Share.PickingWeight != before;
    }

    private sealed record Ordered(ClusterConfig Config, Backend[] Backends);
}
