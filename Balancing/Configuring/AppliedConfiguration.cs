using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>Keeps the options in step with the configuration that YARP has in effect.</summary>
internal sealed class AppliedConfiguration(ConfiguredClusters clusters) : IConfigChangeListener
{
    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => clusters.Commit(proxyConfigs.SelectMany(config => config.Clusters));

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => clusters.RollBack();

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // Not in effect yet.
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The configuration in effect stays, and its options with it.
    }
}
