using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// OwnedCluster converts a cluster's configuration for YARP. The balancer does probing, picking and availability itself, so YARP's own are turned
/// off. YARP's settings for them have been read into <see cref="ClusterOptions"/> before.
/// </summary>
internal static class OwnedCluster
{
    /// <summary>The name of <see cref="Routing.AvailabilityPolicy"/>.</summary>
    public const string AvailabilityPolicy = "AspireLB";

    public static ClusterConfig From(ClusterConfig cluster) => cluster with
    {
        LoadBalancingPolicy = null,
        HealthCheck = new HealthCheckConfig { AvailableDestinationsPolicy = AvailabilityPolicy },
    };
}
