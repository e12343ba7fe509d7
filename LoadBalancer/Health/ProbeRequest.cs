using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Health;

/// <summary>What a probe asks, and where: the address as it is configured, which may be a Unix domain socket's, and the path and query behind it.</summary>
internal sealed record ProbeTarget(Backend Backend, string Address, string Path);

/// <summary>Builds the request of a probe.</summary>
internal static class ProbeRequest
{
    /// <summary>Where a probe's request carries what it is for.</summary>
    public static readonly HttpRequestOptionsKey<ProbeTarget> TargetKey = new("AspireLB.ProbeTarget");

    public static HttpRequestMessage Create(Backend backend, ActiveHealthOptions options)
    {
        var model = backend.Destination.Model.Config;
        var address = string.IsNullOrEmpty(model.Health) ? model.Address : model.Health;
        var request = new HttpRequestMessage(new HttpMethod(options.Method), address.TrimEnd('/') + options.Path);
        request.Headers.TryAddWithoutValidation("User-Agent", "AspireLB-probe");
        request.Headers.Host = model.Host;
        request.Options.Set(TargetKey, new(backend, address, options.Path));
        return request;
    }
}
