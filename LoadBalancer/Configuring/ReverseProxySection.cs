using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reads the <c>ReverseProxy</c> section: any YARP configuration, meaning what it means there.</summary>
internal static class ReverseProxySection
{
    public const string Key = "ReverseProxy";

    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Read(IConfiguration configuration, ICollection<ConfigurationError> errors)
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
            // YARP throws plain exceptions too; whatever it does not understand is an error of the configuration.
            errors.Add(new(Key, null, exception.Message));
            return ([], []);
        }
    }

    // YARP finds out about these at the first request, or never. That an address is there at all is for its own validator to say.
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

    // Configuration sorts keys as text, and a dictionary of destinations has no order of its own: server-2 comes before server-10.
    private static ClusterConfig InNaturalOrder(ClusterConfig cluster) => cluster.Destinations is null ? cluster : cluster with
    {
        Destinations = cluster.Destinations.OrderBy(destination => destination.Key, NaturalOrder.Instance)
            .ToDictionary(destination => destination.Key, destination => destination.Value, StringComparer.OrdinalIgnoreCase),
    };
}
