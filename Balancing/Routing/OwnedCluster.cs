using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Routing;

/// <summary>
/// A cluster as it is handed to YARP: probing, picking and availability are ours, so YARP's own are turned off. What a YARP configuration
/// said about them has been read into <see cref="ClusterOptions"/> before.
/// </summary>
internal static class OwnedCluster
{
    /// <summary>Name of the policy that tells YARP which destinations are available.</summary>
    public const string AvailabilityPolicy = "AspireLB";

    public static ClusterConfig From(ClusterConfig cluster) => cluster with
    {
        LoadBalancingPolicy = null,
        HealthCheck = new HealthCheckConfig { AvailableDestinationsPolicy = AvailabilityPolicy },
    };
}
