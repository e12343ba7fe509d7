using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reloads the configuration's sources and reapplies the changes made at run time on top of them.</summary>
internal interface IConfigurationReload
{
    /// <returns>The changes, one line per key.</returns>
    /// <exception cref="InvalidConfigurationException">With every error found; nothing has changed.</exception>
    Task<IReadOnlyList<string>> ReloadAsync();
}
