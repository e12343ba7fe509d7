using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Picking;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Routing;

/// <summary>
/// Tells YARP which destinations requests may go to, whenever health or configuration change. YARP's own list has no order; this one has
/// the configured one, so that round robin is predictable.
/// </summary>
internal sealed class AvailabilityPolicy(ClusterRegistry registry, IClusterOptionsSource options, TimeProvider time) : IAvailableDestinationsPolicy
{
    public string Name => OwnedCluster.AvailabilityPolicy;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        var places = (config.Destinations?.Keys ?? []).Index().ToDictionary(place => place.Item, place => place.Index, StringComparer.OrdinalIgnoreCase);
        var cluster = options.For(config.ClusterId);
        Backend[] backends =
        [
            .. allDestinations
                .OrderBy(destination => places.GetValueOrDefault(destination.DestinationId, int.MaxValue))
                .Select(destination => Weighed(registry.Of(config.ClusterId, destination), cluster)),
        ];
        return new AvailableBackends(
            AvailableSet.Of(backends, cluster.Health.PanicThresholdPercent, cluster.Health.Passive.MaxEjectedPercent), registry.Find(config.ClusterId));
    }

    private Backend Weighed(Backend backend, ClusterOptions cluster)
    {
        backend.Weight = backend.Destination.Model.Config.Metadata?.TryGetValue(BackendsCluster.WeightMetadata, out var text) == true
            && BackendsCluster.TryParseWeight(text, out var weight) ? weight : 1;
        var warm = SlowStartRamp.Factor(time.GetUtcNow() - backend.RampStart, cluster.SlowStart);
        backend.PickingWeight = Math.Max(1, (int)Math.Round(backend.EffectiveWeight * SlowStartRamp.Scale * warm));
        return backend;
    }
}
