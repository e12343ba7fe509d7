using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>What a probe asks, and where.</summary>
/// <param name="Backend">The backend that it is for.</param>
/// <param name="Address">Where it goes: as it is configured, which may be a Unix domain socket's address.</param>
/// <param name="Path">Path and query behind the address.</param>
/// <param name="Method">The method.</param>
/// <param name="Host">Value of <c>Host</c>; null: the address's.</param>
internal sealed record ProbeTarget(Backend Backend, string Address, string Path, string Method, string? Host)
{
    public const string UserAgent = "AspireLB-probe";

    public static ProbeTarget From(Backend backend, ActiveHealthOptions options)
    {
        var model = backend.Destination.Model.Config;
        return new(backend, string.IsNullOrEmpty(model.Health) ? model.Address : model.Health, options.Path, options.Method, string.IsNullOrEmpty(model.Host) ? null : model.Host);
    }
}

/// <summary>Builds the request of a probe that .NET's HTTP client sends.</summary>
internal static class ProbeRequest
{
    /// <summary>Where a probe's request carries what it is for.</summary>
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
