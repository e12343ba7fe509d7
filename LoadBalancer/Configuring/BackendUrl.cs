using System.Diagnostics.CodeAnalysis;
using System.Net;
using AspireLB.Balancing.Forwarding.Connecting;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// The URL of a backend: scheme, host and port, and a path that goes before the requests' own; or a Unix domain socket,
/// <c>http://unix:/run/app.sock</c>, with such a path behind a further colon.
/// </summary>
internal static class BackendUrl
{
    public const string Expected = "expected: the URL of a backend, such as http://localhost:5001";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url is { Scheme: "http" or "https", Host.Length: > 0, Query: "", Fragment: "" }
        && BackendAddress.TryParse(text, out _);

    /// <summary>The host where it is a name, else null: then host and port make the name. A Unix domain socket is named like its file.</summary>
    public static string? NameOf(string text, Uri url) =>
        BackendAddress.TryParse(text, out var address) && address.SocketPath is { } path ? Path.GetFileName(path)
        : IPAddress.TryParse(url.Host.Trim('[', ']'), out _) ? null
        : url.Host;
}
