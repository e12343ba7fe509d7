using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reads the <c>ReverseProxy</c> section: any YARP configuration, with YARP's meaning.</summary>
internal static class ReverseProxySection
{
    public const string Key = "ReverseProxy";

    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Read(
        IConfiguration configuration,
        ICollection<ConfigurationError> errors)
    {
        var section = configuration.GetSection(Key);
        if (!section.Exists())
            return ([], []);

        try
        {
            var config = YarpParsing.Parse(section);
            foreach (var cluster in config.Clusters)
                CheckDestinations(cluster, errors);
            return (config.Routes, [.. config.Clusters.Select(InNaturalOrder)]);
        }
        catch (Exception exception)
        {
            // YARP's parser throws plain exceptions as well; each of them is an error in the configuration.
            errors.Add(new(Key, null, exception.Message));
            return ([], []);
        }
    }

    // YARP reports these at the first request, or never. Its own validator reports a missing address.
    private static void CheckDestinations(ClusterConfig cluster, ICollection<ConfigurationError> errors)
    {
        foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            var at = $"{Key}:Clusters:{cluster.ClusterId}:Destinations:{name}";
            if (!string.IsNullOrEmpty(destination.Address) && !BackendUrl.TryParse(destination.Address, out _))
                errors.Add(new(at + ":Address", destination.Address, BackendUrl.Expected));
            if (!string.IsNullOrEmpty(destination.Health) && !BackendUrl.TryParse(destination.Health, out _))
                errors.Add(new(at + ":Health", destination.Health, BackendUrl.Expected));
            if (destination.Metadata?.TryGetValue(BackendWeight.Metadata, out var weight) == true && !BackendWeight.TryParse(weight, out _))
                errors.Add(new($"{at}:Metadata:{BackendWeight.Metadata}", weight, $"allowed: 1 to {BackendWeight.Maximum}"));
        }
    }

    // Configuration sorts keys as text; sort them naturally, so that server-2 comes before server-10.
    private static ClusterConfig InNaturalOrder(ClusterConfig cluster) => cluster.Destinations is null ? cluster : cluster with
    {
        Destinations = cluster.Destinations.OrderBy(destination => destination.Key, NaturalOrder.Instance)
            .ToDictionary(destination => destination.Key, destination => destination.Value, StringComparer.OrdinalIgnoreCase),
    };
}
