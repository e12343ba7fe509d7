using System.Diagnostics.CodeAnalysis;
using System.Net;
using AspireLB.Balancing.Forwarding.Connecting;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Parses the URL of a backend: scheme, host, port and an optional path that is put before the path of each request. A Unix domain socket is
/// written as <c>http://unix:/run/app.sock</c>; its path prefix follows after another colon.
/// </summary>
internal static class BackendUrl
{
    public const string Expected = "expected: the URL of a backend, such as http://localhost:5001";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url is { Scheme: "http" or "https", Host.Length: > 0, Query: "", Fragment: "" }
        && BackendAddress.TryParse(text, out _);

    /// <summary>The host if it is a name, otherwise null. A Unix domain socket is named after its file.</summary>
    public static string? NameOf(string text, Uri url) =>
        BackendAddress.TryParse(text, out var address) && address.SocketPath is { } path ? Path.GetFileName(path)
        : IPAddress.TryParse(url.Host.Trim('[', ']'), out _) ? null
        : url.Host;
}
