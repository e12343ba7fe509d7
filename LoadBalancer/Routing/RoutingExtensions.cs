using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Routing;

internal static class RoutingExtensions
{
    /// <summary>YARP's routes and clusters, and our side of them.</summary>
    public static IServiceCollection AddBackendRouting(this IServiceCollection services)
    {
        services.AddReverseProxy();
        services.AddSingleton<ClusterRegistry>();
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<ClusterRegistry>());
        services.AddSingleton<Availability>();
        services.AddSingleton<IAvailableDestinationsPolicy, AvailabilityPolicy>();
        return services;
    }
}
