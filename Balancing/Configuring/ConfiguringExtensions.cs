using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

internal static class ConfiguringExtensions
{
    /// <summary>Adds cluster options from a section and follows its changes.</summary>
    public static IReverseProxyBuilder AddClusterOptions(this IReverseProxyBuilder builder, IConfigurationSection section)
    {
        builder.AddClusterOptions(SectionLayers.CopyOf(section));
        builder.Services.AddSingleton<IProxyConfigProvider>(provider => ActivatorUtilities.CreateInstance<SectionReload>(provider, section));
        return builder;
    }

    /// <summary>Adds cluster options that do not change.</summary>
    public static IReverseProxyBuilder AddClusterOptions(this IReverseProxyBuilder builder, IOptionsLayers layers)
    {
        builder.Services.AddSingleton(provider => new ConfiguredClusters(layers, provider));
        builder.Services.AddSingleton<IClusterOptionsSource>(provider => provider.GetRequiredService<ConfiguredClusters>());
        builder.Services.AddSingleton<IConfigChangeListener, AppliedConfiguration>();
        builder.Services.AddSingleton<IProxyConfigFilter, OwnedClusterFilter>();
        return builder;
    }

    /// <summary>Checks the options against the clusters of all configuration providers.</summary>
    public static void CheckClusterOptions(this IServiceProvider services)
    {
        var clusters = services.GetServices<IProxyConfigProvider>().SelectMany(provider => provider.GetConfig().Clusters);
        services.GetService<ConfiguredClusters>()?.Check([.. clusters]);
    }
}
