using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Options;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Registers the configuration and its reloading.</summary>
internal static class ConfiguringExtensions
{
    /// <summary>Reads and validates the configuration now, then registers it and its reloading.</summary>
    /// <exception cref="InvalidConfigurationException">With every error found.</exception>
    public static EffectiveConfiguration AddConfiguring(this WebApplicationBuilder builder)
    {
        var reader = ConfigurationReader.Create();
        var configuration = reader.ReadAsync(builder.Configuration).GetAwaiter().GetResult();
        var store = new ConfigurationStore(configuration);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(reader);
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton<IProxyConfigProvider>(store);
        builder.Services.AddSingleton<IClusterOptionsSource>(store);
        builder.Services.AddSingleton(new ConfigurationSources(builder.Configuration));
        builder.Services.AddSingleton<ReloadSignal>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ReloadSignal>());
        builder.Services.AddHostedService<ConfigurationReloader>();
        return configuration;
    }
}
