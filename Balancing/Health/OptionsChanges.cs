using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Health;

/// <summary>Tells the monitor that a configuration was applied: whether a cluster is probed is no part of what YARP compares.</summary>
internal sealed class OptionsChanges(HealthMonitor monitor) : IConfigChangeListener
{
    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => monitor.OnOptionsChanged();

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // Not in force yet.
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The options in force stay.
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
        // YARP logs it.
    }
}
