using AspireLB.Balancing.Forwarding.Connecting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Health;

internal static class HealthExtensions
{
    /// <summary>Adds active probing and passive outlier detection.</summary>
    public static IServiceCollection AddHealthMonitoring(this IServiceCollection services)
    {
        services.TryAddSingleton<IBackendResolver, SystemResolver>();
        services.AddSingleton<PlainProbe>();
        services.AddSingleton(provider => new ProbeClient(
            () => ActivatorUtilities.CreateInstance<ProbeHandler>(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<PlainProbe>()));
        services.AddSingleton<SlowStart>();
        services.AddSingleton<PassiveHealth>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<HealthMonitor>());
        services.AddSingleton<IConfigChangeListener, OptionsChanges>();
        return services;
    }
}
