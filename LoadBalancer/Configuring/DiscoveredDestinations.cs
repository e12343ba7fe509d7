using System.Globalization;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Replaces service names by their addresses. A service with several endpoints becomes several destinations: server-1, server-1/2, …
/// </summary>
internal static class DiscoveredDestinations
{
    public static ClusterConfig In(ClusterConfig cluster, ServiceDiscovery discovery) =>
        cluster.Destinations is null ? cluster : cluster with { Destinations = In(cluster.Destinations, discovery) };

    public static IReadOnlyDictionary<string, DestinationConfig> In(
        IEnumerable<KeyValuePair<string, DestinationConfig>> destinations,
        ServiceDiscovery discovery)
    {
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, destination) in destinations)
        {
            var probed = string.IsNullOrEmpty(destination.Health) ? [] : discovery.Resolve(destination.Health);
            foreach (var (i, address) in discovery.Resolve(destination.Address).Index())
            {
                var key = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}/{i + 1}");
                resolved[key] = destination with
                {
                    Address = address,
                    Health = probed.Count == 0 ? destination.Health : probed[Math.Min(i, probed.Count - 1)],
                };
            }
        }

        return resolved;
    }
}
