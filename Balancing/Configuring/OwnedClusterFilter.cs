using AspireLB.Balancing.Routing;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>Takes over what a cluster's YARP configuration says about picking and probing, and turns off YARP's own picking and probing.</summary>
internal sealed class OwnedClusterFilter(ConfiguredClusters clusters) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        clusters.Read(cluster);
        return new(OwnedCluster.From(cluster));
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
