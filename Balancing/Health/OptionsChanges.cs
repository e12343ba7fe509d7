using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Health;

/// <summary>
/// OptionsChanges notifies the monitor that a configuration was applied. YARP itself reports only changes of its own settings, which probing does not
/// belong to.
/// </summary>
internal sealed class OptionsChanges(HealthMonitor monitor) : IConfigChangeListener
{
    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => monitor.OnOptionsChanged();

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // The configuration is not in effect yet.
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
        // The options in effect stay.
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
        // YARP logs it.
    }
}
