using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>ProbeTarget describes the request of a probe.</summary>
/// <param name="Backend">The backend to probe.</param>
/// <param name="Address">The address as configured, which may be a Unix domain socket's.</param>
/// <param name="Path">Path and query after the address.</param>
/// <param name="Method">The method.</param>
/// <param name="Host">Value of <c>Host</c>; null: the address's host.</param>
internal sealed record ProbeTarget(Backend Backend, string Address, string Path, string Method, string? Host)
{
    public const string UserAgent = "AspireLB-probe";

    public static ProbeTarget From(Backend backend, ActiveHealthOptions options)
    {
        var model = backend.Destination.Model.Config;
        var address = string.IsNullOrEmpty(model.Health) ? model.Address : model.Health;
        return new(backend, address, options.Path, options.Method, string.IsNullOrEmpty(model.Host) ? null : model.Host);
    }
}

/// <summary>ProbeRequest builds the request of a probe that .NET's HTTP client sends.</summary>
internal static class ProbeRequest
{
    /// <summary>The key under which a probe's request carries its target.</summary>
    public static readonly HttpRequestOptionsKey<ProbeTarget> TargetKey = new("AspireLB.ProbeTarget");

    public static HttpRequestMessage Create(ProbeTarget target)
    {
        var request = new HttpRequestMessage(new HttpMethod(target.Method), target.Address.TrimEnd('/') + target.Path);
        request.Headers.TryAddWithoutValidation("User-Agent", ProbeTarget.UserAgent);
        request.Headers.Host = target.Host;
        request.Options.Set(TargetKey, target);
        return request;
    }
}
