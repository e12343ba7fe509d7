using AspireLB.Balancing.Routing;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>Takes the picking and probing settings from a cluster's YARP configuration, and turns off YARP's own picking and probing.</summary>
internal sealed class OwnedClusterFilter(ConfiguredClusters clusters) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        clusters.Read(cluster);
        return new(OwnedCluster.From(cluster));
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
