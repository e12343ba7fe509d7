using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Health;

/// <summary>Builds the request of a probe.</summary>
internal static class ProbeRequest
{
    public static HttpRequestMessage Create(Backend backend, ActiveHealthOptions options)
    {
        var model = backend.Destination.Model.Config;
        var address = string.IsNullOrEmpty(model.Health) ? model.Address : model.Health;
        var request = new HttpRequestMessage(new HttpMethod(options.Method), address.TrimEnd('/') + options.Path);
        request.Headers.TryAddWithoutValidation("User-Agent", "AspireLB-probe");
        request.Headers.Host = model.Host;
        return request;
    }
}
