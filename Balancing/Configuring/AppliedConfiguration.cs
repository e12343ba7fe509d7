using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>Keeps the cluster options in step with the configuration that YARP has in effect.</summary>
internal sealed class AppliedConfiguration(ConfiguredClusters clusters) : IConfigChangeListener
{
    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => clusters.Commit(proxyConfigs.SelectMany(config => config.Clusters));

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => clusters.RollBack();

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // The new configuration is not in effect yet.
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The current configuration stays in effect, and so do its options.
    }
}
