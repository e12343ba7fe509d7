using System.Text;
using AspireLB.Balancing.Model;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>FieldKind tells how a proxy treats a field.</summary>
internal enum FieldKind : byte
{
    /// <summary>The field is forwarded.</summary>
    EndToEnd,

    /// <summary>The field concerns one connection only and is never forwarded (RFC 9110, section 7.6.1).</summary>
    HopByHop,

    Connection,
    ContentLength,
    TransferEncoding,
    KeepAlive,
}

/// <summary>FieldName is a known response field: its name as a string that need not be allocated, and its kind.</summary>
internal sealed class FieldName
{
    private const int Slots = 512;
    private static readonly FieldName?[] Table = CreateTable();

    private readonly byte[] _bytes;
    private FieldName? _next;

    private FieldName(string text, FieldKind kind)
    {
        Text = text;
        Kind = kind;
        _bytes = Encoding.ASCII.GetBytes(text);
    }

    public string Text { get; }

    public FieldKind Kind { get; }

    /// <summary>Finds the known field with this name, ignoring case; null if there is none.</summary>
    public static FieldName? Find(ReadOnlySpan<byte> name)
    {
        for (var candidate = Table[Slot(name)]; candidate is not null; candidate = candidate._next)
        {
            if (Ascii.EqualsIgnoreCase(candidate._bytes, name))
                return candidate;
        }

        return null;
    }

    private static int Slot(ReadOnlySpan<byte> name) =>
        ((name.Length * 31) + ((name[0] | 0x20) * 7) + ((name[^1] | 0x20) * 13) + ((name[name.Length / 2] | 0x20) * 3)) % Slots;

    private static FieldName?[] CreateTable()
    {
        var table = new FieldName?[Slots];
        foreach (var name in Known())
        {
            ref var slot = ref table[Slot(name._bytes)];
            name._next = slot;
            slot = name;
        }

        return table;
    }

    private static IEnumerable<FieldName> Known()
    {
        yield return new(HeaderNames.Connection, FieldKind.Connection);
        yield return new(HeaderNames.ContentLength, FieldKind.ContentLength);
        yield return new(HeaderNames.TransferEncoding, FieldKind.TransferEncoding);
        yield return new(HeaderNames.KeepAlive, FieldKind.KeepAlive);
        foreach (var name in HopByHop.Names.Except([HeaderNames.Connection, HeaderNames.TransferEncoding, HeaderNames.KeepAlive]))
            yield return new(name, FieldKind.HopByHop);

        string[] endToEnd =
        [
            HeaderNames.AcceptRanges, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlAllowHeaders,
            HeaderNames.AccessControlAllowMethods, HeaderNames.AccessControlAllowOrigin, HeaderNames.AccessControlExposeHeaders,
            HeaderNames.AccessControlMaxAge, HeaderNames.Age, HeaderNames.Allow, HeaderNames.CacheControl, HeaderNames.ContentDisposition,
            HeaderNames.ContentEncoding, HeaderNames.ContentLanguage, HeaderNames.ContentLocation, HeaderNames.ContentRange,
            HeaderNames.ContentSecurityPolicy, HeaderNames.ContentType, HeaderNames.Date, HeaderNames.ETag, HeaderNames.Expires,
            HeaderNames.LastModified, HeaderNames.Link, HeaderNames.Location, HeaderNames.Pragma, HeaderNames.RetryAfter, HeaderNames.Server,
            HeaderNames.SetCookie, HeaderNames.StrictTransportSecurity, HeaderNames.Trailer, HeaderNames.Vary, HeaderNames.Via,
            HeaderNames.WWWAuthenticate, HeaderNames.XContentTypeOptions, HeaderNames.XFrameOptions, HeaderNames.XPoweredBy,
            HeaderNames.XRequestedWith, HeaderNames.XXSSProtection, "Referrer-Policy", "Permissions-Policy", "X-Request-Id", "Server-Timing",
        ];
        foreach (var name in endToEnd)
            yield return new(name, FieldKind.EndToEnd);
    }
}
