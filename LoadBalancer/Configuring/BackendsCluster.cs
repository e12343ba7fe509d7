using System.Globalization;
using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Expands the <c>Backends</c> shorthand to plain YARP configuration: cluster "backends" and one catch-all route.</summary>
internal static class BackendsCluster
{
    public const string Id = "backends";

    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Expand(
        IReadOnlyList<BackendEntry> backends,
        ServiceDiscovery discovery)
    {
        if (backends.Count == 0)
            return ([], []);

        var route = new RouteConfig { RouteId = Id, ClusterId = Id, Order = int.MaxValue, Match = new RouteMatch { Path = "/{**path}" } };
        var destinations = DiscoveredDestinations.In(backends.Select(Destination), discovery);
        return ([route.WithTransformUseOriginalHostHeader()], [new ClusterConfig { ClusterId = Id, Destinations = destinations }]);
    }

    private static KeyValuePair<string, DestinationConfig> Destination(BackendEntry backend) =>
        KeyValuePair.Create(backend.Name, new DestinationConfig { Address = backend.Address, Metadata = Metadata(backend) });

    private static Dictionary<string, string>? Metadata(BackendEntry backend) =>
        backend.Weight == 1 ? null : new() { [BackendWeight.Metadata] = backend.Weight.ToString(CultureInfo.InvariantCulture) };
}
