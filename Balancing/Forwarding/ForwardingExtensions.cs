using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Routes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AspireLB.Balancing.Forwarding;

internal static class ForwardingExtensions
{
    /// <summary>
    /// Puts our own HTTP/1.1 data path before YARP's forwarder. Call it after <c>AddReverseProxy</c>: it replaces the forwarder, client factory and
    /// transform builder added there. Requires an <see cref="Options.IClusterOptionsSource"/>.
    /// </summary>
    public static IReverseProxyBuilder AddForwarding(this IReverseProxyBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBackendResolver, SystemResolver>();
        services.RemoveAll<IForwarderHttpClientFactory>().AddSingleton<IForwarderHttpClientFactory, Http1ClientFactory>();
        Wrap<IHttpForwarder>(services, (yarp, provider) => ActivatorUtilities.CreateInstance<Http1Forwarder>(provider, yarp));
        Wrap<ITransformBuilder>(services, (yarp, provider) => ActivatorUtilities.CreateInstance<PlanningTransformBuilder>(provider, yarp));
        return builder;
    }

    /// <summary>Replaces one of YARP's services with one of ours that wraps it.</summary>
    private static void Wrap<TService>(IServiceCollection services, Func<TService, IServiceProvider, TService> wrap)
        where TService : class
    {
        var yarp = services.Last(service => service.ServiceType == typeof(TService)).ImplementationType
            ?? throw new InvalidOperationException($"{typeof(TService).Name} is not registered the way YARP does it; call AddReverseProxy first.");
        services.RemoveAll<TService>();
        services.AddSingleton(provider => wrap((TService)ActivatorUtilities.CreateInstance(provider, yarp), provider));
    }
}
