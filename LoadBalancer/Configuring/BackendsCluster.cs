using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Expands the <c>Backends</c> shorthand to plain YARP configuration: cluster "backends" and one route that takes everything.</summary>
internal static class BackendsCluster
{
    public const string Id = "backends";

    /// <summary>Destination metadata that holds a backend's weight.</summary>
    public const string WeightMetadata = "Weight";

    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Expand(IReadOnlyList<BackendEntry> backends, ServiceDiscovery discovery)
    {
        if (backends.Count == 0)
            return ([], []);

        var route = new RouteConfig { RouteId = Id, ClusterId = Id, Order = int.MaxValue, Match = new RouteMatch { Path = "/{**path}" } };
        var destinations = backends.SelectMany(backend => Destinations(backend, discovery)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return ([route.WithTransformUseOriginalHostHeader()], [new ClusterConfig { ClusterId = Id, Destinations = destinations }]);
    }

    /// <summary>Reads a weight as it stands in a destination's metadata.</summary>
    public static bool TryParseWeight(string? text, out int weight) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight is >= 1 and <= BackendsShorthand.MaximumWeight;

    // A service with several endpoints becomes several backends: server-1, server-1/2, …
    private static IEnumerable<KeyValuePair<string, DestinationConfig>> Destinations(BackendEntry backend, ServiceDiscovery discovery) =>
        discovery.Resolve(backend.Address).Select((address, i) => KeyValuePair.Create(
            i == 0 ? backend.Name : string.Create(CultureInfo.InvariantCulture, $"{backend.Name}/{i + 1}"),
            new DestinationConfig { Address = address, Metadata = Metadata(backend) }));

    private static Dictionary<string, string>? Metadata(BackendEntry backend) =>
        backend.Weight == 1 ? null : new() { [WeightMetadata] = backend.Weight.ToString(CultureInfo.InvariantCulture) };
}
