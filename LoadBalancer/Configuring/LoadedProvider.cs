using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Reads from a provider that somebody else loads and reloads, so that one source can be looked at by itself.</summary>
internal sealed class LoadedProvider(IConfigurationProvider provider) : IConfigurationProvider
{
    public bool TryGet(string key, [NotNullWhen(true)] out string? value) => provider.TryGet(key, out value!);

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => provider.GetChildKeys(earlierKeys, parentPath);

    public IChangeToken GetReloadToken() => provider.GetReloadToken();

    public void Load()
    {
        // The provider is loaded by the configuration it belongs to.
    }

    public void Set(string key, string? value) => throw new NotSupportedException("read only");
}
