using System.Globalization;
using AspireLB.LoadBalancer.Configuring;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Routing;

/// <summary>
/// Tells YARP which destinations requests may go to, whenever health or configuration change. YARP's own list has no order; this one has
/// the configured one, so that round robin is predictable.
/// </summary>
internal sealed class AvailabilityPolicy(ClusterRegistry registry) : IAvailableDestinationsPolicy
{
    public string Name => OwnedCluster.AvailabilityPolicy;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        var places = (config.Destinations?.Keys ?? []).Index().ToDictionary(place => place.Item, place => place.Index, StringComparer.OrdinalIgnoreCase);
        var backends = allDestinations
            .OrderBy(destination => places.GetValueOrDefault(destination.DestinationId, int.MaxValue))
            .Select(destination => Updated(registry.Of(config.ClusterId, destination)));
        return new AvailableBackends([.. backends.Where(backend => backend.IsAvailable)]);
    }

    private static Backend Updated(Backend backend)
    {
        backend.Weight = backend.Destination.Model.Config.Metadata?.TryGetValue(BackendsCluster.WeightMetadata, out var text) == true
            && int.TryParse(text, CultureInfo.InvariantCulture, out var weight) ? weight : 1;
        return backend;
    }
}
