using AspireLB.LoadBalancer.Forwarding.Connecting;
using AspireLB.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Health;

internal static class HealthExtensions
{
    /// <summary>Active probing, passive outlier detection, and readiness once the first probes are done.</summary>
    public static IServiceCollection AddHealthMonitoring(this IServiceCollection services)
    {
        services.TryAddSingleton<IBackendResolver, SystemResolver>();
        services.AddSingleton<PlainProbe>();
        services.AddSingleton(provider => new ProbeClient(
            () => ActivatorUtilities.CreateInstance<ProbeHandler>(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<PlainProbe>()));
        services.AddSingleton<SlowStart>();
        services.AddSingleton<PassiveHealth>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<HealthMonitor>());
        services.AddSingleton<IConfigChangeListener, OptionsChanges>();
        services.AddHealthChecks().AddCheck<FirstProbesCheck>("first probes", tags: [Extensions.ReadyTag]);
        return services;
    }
}
