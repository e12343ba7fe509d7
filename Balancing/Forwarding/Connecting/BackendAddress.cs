using System.Net;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// BackendAddress is a destination's parsed address: <c>http://host:port/prefix</c>, <c>https://…</c>, or a Unix domain socket written as
/// <c>http://unix:/run/app.sock</c>, with a path prefix after a further colon (<c>http://unix:/run/app.sock:/prefix</c>).
/// </summary>
internal sealed record BackendAddress(bool IsTls, string Host, int Port, string? SocketPath, string Authority, string PathPrefix)
{
    private const string UnixMarker = "unix:";

    /// <summary>The name to look up, the IP address, or the path of a Unix domain socket.</summary>
    public EndPoint EndPoint => SocketPath is not null ? new System.Net.Sockets.UnixDomainSocketEndPoint(SocketPath)
        : IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port)
        : new DnsEndPoint(Host, Port);

    public static bool TryParse(string prefix, out BackendAddress address)
    {
        address = null!;
        var scheme = prefix.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return false;

        var isTls = prefix.AsSpan(0, scheme).Equals("https", StringComparison.OrdinalIgnoreCase);
        if (!isTls && !prefix.AsSpan(0, scheme).Equals("http", StringComparison.OrdinalIgnoreCase))
            return false;

        var rest = prefix[(scheme + 3)..];
        if (rest.StartsWith(UnixMarker, StringComparison.OrdinalIgnoreCase))
            return TryParseUnix(rest[UnixMarker.Length..], isTls, out address);
        if (!Uri.TryCreate(prefix, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return false;

        address = new(isTls, uri.IdnHost.Trim('[', ']'), uri.Port, null, uri.Authority, uri.AbsolutePath.TrimEnd('/'));
        return true;
    }

    private static bool TryParseUnix(string rest, bool isTls, out BackendAddress address)
    {
        var colon = rest.IndexOf(':');
        var path = (colon < 0 ? rest : rest[..colon]).TrimEnd('/');
        var prefix = colon < 0 ? "" : rest[(colon + 1)..].TrimEnd('/');
        address = new(isTls, "localhost", 0, path, "localhost", prefix);
        return path.StartsWith('/') && (prefix.Length == 0 || prefix[0] == '/');
    }
}
