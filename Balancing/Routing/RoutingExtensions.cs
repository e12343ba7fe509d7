using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Routing;

internal static class RoutingExtensions
{
    /// <summary>Adds the services that connect our backends to YARP's routes and clusters.</summary>
    public static IServiceCollection AddBackendRouting(this IServiceCollection services)
    {
        SessionKeys.ReplacePreloading(services);
        services.AddSingleton<ClusterRegistry>();
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<ClusterRegistry>());
        services.AddSingleton<Availability>();
        services.AddSingleton<PauseTimer>();
        services.AddSingleton<DrainNotice>();
        services.AddSingleton<IAvailableDestinationsPolicy, AvailabilityPolicy>();
        return services;
    }

    /// <summary>Adds session affinity. Sessions bound to a draining backend stay there until its deadline.</summary>
    public static void UseSessions(this IReverseProxyApplicationBuilder proxy)
    {
        proxy.UseMiddleware<BoundSessions>();
        proxy.UseSessionAffinity();
    }
}
