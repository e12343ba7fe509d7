using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Model;

/// <summary>
/// HopByHop knows the fields that are for one connection only and are never forwarded (RFC 9110, section 7.6.1): the registered ones, and those that
/// a message nominates in <c>Connection</c>. The list is the one that YARP's own forwarder drops, so that both paths agree.
/// </summary>
internal static class HopByHop
{
    public static readonly FrozenSet<string> Names = new[]
    {
        HeaderNames.Connection, HeaderNames.TransferEncoding, HeaderNames.KeepAlive, HeaderNames.Upgrade, HeaderNames.ProxyConnection,
        HeaderNames.ProxyAuthenticate, "Proxy-Authentication-Info", HeaderNames.ProxyAuthorization, "Proxy-Features", "Proxy-Instruction",
        "Security-Scheme", "ALPN", "Close", "HTTP2-Settings", HeaderNames.UpgradeInsecureRequests, HeaderNames.TE, HeaderNames.AltSvc,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Fields that are kept even if nominated: removing them would change the message or make it invalid.</summary>
    private static readonly FrozenSet<string> Essential =
        new[] { HeaderNames.Host, HeaderNames.ContentLength }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NameLookup = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a field of this name is never forwarded.</summary>
    public static bool Contains(ReadOnlySpan<char> name) => NameLookup.Contains(name);

    /// <summary>
    /// Removes the fields that a message nominates in <c>Connection</c>, for a forwarder that drops only the registered ones. The registered ones
    /// stay, because the forwarder may need them.
    /// </summary>
    public static void RemoveNominated(IEnumerable<string?> connection, Action<string> remove)
    {
        foreach (var name in connection.SelectMany(value => value?.Split(',', StringSplitOptions.TrimEntries) ?? []))
        {
            if (name.Length > 0 && !Contains(name) && !Essential.Contains(name))
                remove(name);
        }
    }

    /// <summary>Whether a <c>Connection</c> field has members other than <c>close</c> or <c>keep-alive</c>.</summary>
    public static bool NominatesOthers(StringValues connection)
    {
        foreach (var value in connection)
        {
            if (value is null
                || value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
                || value.Equals("close", StringComparison.OrdinalIgnoreCase))
                continue;

            return true;
        }

        return false;
    }

    /// <summary>Whether <paramref name="name"/> is one of the comma-separated members of a <c>Connection</c> field.</summary>
    public static bool IsNominated(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var member in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[member].Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }
}
