using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Wraps a provider that its own configuration loads and reloads, so that one source can be read separately.</summary>
internal sealed class LoadedProvider(IConfigurationProvider provider) : IConfigurationProvider
{
    public bool TryGet(string key, [NotNullWhen(true)] out string? value) => provider.TryGet(key, out value!);

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => provider.GetChildKeys(earlierKeys, parentPath);

    public IChangeToken GetReloadToken() => provider.GetReloadToken();

    public void Load()
    {
        // The configuration that owns the provider loads it.
    }

    public void Set(string key, string? value) => throw new NotSupportedException("read only");
}
