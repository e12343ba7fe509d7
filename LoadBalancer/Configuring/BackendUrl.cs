using System.Diagnostics.CodeAnalysis;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The URL of a backend: scheme, host and port, and a path that goes before the requests' own.</summary>
internal static class BackendUrl
{
    public const string Expected = "expected: the URL of a backend, such as http://localhost:5001";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url is { Scheme: "http" or "https", Host.Length: > 0, Query: "", Fragment: "" };
}
