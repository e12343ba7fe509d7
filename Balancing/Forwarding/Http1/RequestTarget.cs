using System.Buffers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>RequestTarget converts the client's request target (RFC 9112, section 3.2) for a backend and leaves every escape unchanged.</summary>
internal static class RequestTarget
{
    /// <summary>Visible ASCII: any other character could split or end the request line.</summary>
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(c => (char)c)]);

    /// <summary>
    /// Reduces the absolute form to the origin form. False for the authority form (CONNECT) and for targets with illegal characters.
    /// </summary>
    public static bool TryGetOrigin(string target, out ReadOnlySpan<char> origin)
    {
        origin = target;
        if (origin.IsEmpty || origin.ContainsAnyExcept(Visible))
            return false;
        if (origin[0] == '/' || target == "*")
            return true;

        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
            return false;

        var authority = origin[(scheme + 3)..];
        var path = authority.IndexOfAny('/', '?');
        origin = path < 0 ? "/" : authority[path..];
        return true;
    }
}
