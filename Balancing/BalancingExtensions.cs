using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Picking;
using AspireLB.Balancing.Retrying;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing;

/// <summary>The engine: what it adds to YARP, and the stages through which YARP's pipeline passes each request.</summary>
internal static class BalancingExtensions
{
    /// <summary>Picking, health, limits, retries and our own HTTP/1.1 data path for YARP's routes and clusters.</summary>
    public static IReverseProxyBuilder AddBalancing(this IReverseProxyBuilder builder)
    {
        builder.AddForwarding();
        builder.Services
            .AddBackendRouting()
            .AddPicking()
            .AddAttemptObserving()
            .AddHealthMonitoring()
            .AddRetrying();
        return builder;
    }

    /// <summary>Sessions, then the loop that picks a backend, forwards the request and retries.</summary>
    public static void UseBalancing(this IReverseProxyApplicationBuilder proxy)
    {
        proxy.UseSessions();
        proxy.UseRetrying();
    }
}
