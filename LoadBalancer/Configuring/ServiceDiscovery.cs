namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Resolves <c>http://server-1</c> through the <c>services:server-1:http:0</c> keys that .NET Aspire passes
/// (<c>services__server-1__http__0</c> in the environment). A host without such keys is resolved by DNS.
/// </summary>
internal sealed class ServiceDiscovery(IConfiguration configuration)
{
    /// <summary>The endpoints of the named service in order, or the address itself if it names no known service.</summary>
    public IReadOnlyList<string> Resolve(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !uri.IsDefaultPort)
            return [address];

        var endpoints = configuration.GetSection($"services:{uri.Host}:{uri.Scheme}").GetChildren()
            .Select(endpoint => endpoint.Value)
            .Where(value => !string.IsNullOrEmpty(value))
            .Select(value => value!.TrimEnd('/') + uri.PathAndQuery.TrimEnd('/'))
            .ToList();
        return endpoints.Count > 0 ? endpoints : [address];
    }
}
