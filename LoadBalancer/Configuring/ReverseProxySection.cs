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
            return (config.Routes, [.. config.Clusters.Select(InNaturalOrder)]);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            errors.Add(new(Key, null, exception.Message));
            return ([], []);
        }
    }

    // Configuration sorts keys as text, and a dictionary of destinations has no order of its own: server-2 comes before server-10.
    private static ClusterConfig InNaturalOrder(ClusterConfig cluster) => cluster.Destinations is null ? cluster : cluster with
    {
        Destinations = cluster.Destinations.OrderBy(destination => destination.Key, NaturalOrder.Instance)
            .ToDictionary(destination => destination.Key, destination => destination.Value, StringComparer.OrdinalIgnoreCase),
    };
}
