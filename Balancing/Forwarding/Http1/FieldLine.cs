using System.Buffers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// FieldLine reads the field lines (RFC 9112, section 5) of a header or trailer section. It is strict where leniency allows request smuggling: it
/// rejects a bare CR or LF, NUL and other control characters, obsolete folding, and empty or illegal names.
/// </summary>
internal static class FieldLine
{
    /// <summary>Control characters other than the horizontal tab (RFC 9110, section 5.5).</summary>
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 127]);

    /// <summary>Characters of a token (RFC 9110, section 5.6.2).</summary>
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// Takes one line off <paramref name="rest"/>. False if the line has no end, or contains a control character or a bare CR or LF.
    /// </summary>
    public static bool TryTakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOfAny(Controls);
        if (end < 0 || rest[end] != '\r' || end + 1 >= rest.Length || rest[end + 1] != '\n')
        {
            line = default;
            return false;
        }

        line = rest[..end];
        rest = rest[(end + 2)..];
        return true;
    }

    /// <summary>
    /// Splits <c>name: value</c> and trims the value. White space before the colon is removed, as RFC 9112, section 5.1 requires of a proxy for
    /// responses. A line that starts with white space is obsolete folding and is rejected.
    /// </summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            name = value = default;
            return false;
        }

        name = line[..colon].TrimEnd(" \t"u8);
        value = line[(colon + 1)..].Trim(" \t"u8);
        return IsToken(name);
    }

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    /// <summary>Whether <paramref name="bytes"/> contain a bare LF, which shows that a head is invalid before its end has arrived.</summary>
    public static bool HasBareLineFeed(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf((byte)'\n'); at >= 0;)
        {
            if (at == 0 || bytes[at - 1] != '\r')
                return true;

            var next = bytes[(at + 1)..].IndexOf((byte)'\n');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
