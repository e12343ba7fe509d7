using Yarp.ReverseProxy.Health;

namespace AspireLB.LoadBalancer.Routing;

internal static class RoutingExtensions
{
    /// <summary>YARP's routes and clusters, and our side of them.</summary>
    public static IServiceCollection AddBackendRouting(this IServiceCollection services)
    {
        services.AddReverseProxy();
        services.AddSingleton<ClusterRegistry>();
        services.AddSingleton<IAvailableDestinationsPolicy, AvailabilityPolicy>();
        return services;
    }
}
