using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Puts in force what the configuration's sources say now, with what people have changed at run time laid over it.</summary>
internal interface IConfigurationReload
{
    /// <returns>What has changed, a line for each key.</returns>
    /// <exception cref="InvalidConfigurationException">With every error found; nothing has changed.</exception>
    Task<IReadOnlyList<string>> ReloadAsync();
}
