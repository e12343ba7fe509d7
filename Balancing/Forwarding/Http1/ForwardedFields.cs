using System.Buffers;
using System.Net;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// ForwardedFields writes <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c>. They tell a backend what only the balancer knows,
/// so they replace the values that a client sends. The values of a trusted proxy are kept, and the peer's address is appended.
/// </summary>
internal static class ForwardedFields
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";
    private const string Prefix = "X-Forwarded-Prefix";
    private const string Standard = "Forwarded";

    private static readonly SearchValues<char> FieldText =
        SearchValues.Create([.. Enumerable.Range(' ', 0x100 - ' ').Where(c => c != 0x7F).Select(c => (char)c)]);

    public static bool Replaces(string name) => name.Length switch
    {
        9 => name.Equals(Standard, StringComparison.OrdinalIgnoreCase),
        15 => name.Equals(For, StringComparison.OrdinalIgnoreCase),
        16 => name.Equals(Host, StringComparison.OrdinalIgnoreCase),
        17 => name.Equals(Proto, StringComparison.OrdinalIgnoreCase),
        18 => name.Equals(Prefix, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public static void Write(ref ByteWriter writer, HttpContext context, IHeaderDictionary headers, string scheme, StringValues host)
    {
        var trusted = context.Features.Get<ITrustedPeerFeature>() is not null;
        var peer = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        var before = trusted ? headers[For] : default;
        if (peer is not null || before.Count > 0)
        {
            writer.Write("X-Forwarded-For: "u8);
            WriteText(ref writer, before);
            if (peer is not null)
            {
                if (before.Count > 0)
                    writer.Write(", "u8);
                WriteAddress(ref writer, peer);
            }

            writer.Write("\r\n"u8);
        }

        WriteField(ref writer, "X-Forwarded-Proto: "u8, trusted ? headers[Proto] : default, scheme);
        WriteField(ref writer, "X-Forwarded-Host: "u8, trusted ? headers[Host] : default, host);
        var prefix = context.Features.Get<IHttpRequestFeature>()!.PathBase;
        WriteField(ref writer, "X-Forwarded-Prefix: "u8, trusted ? headers[Prefix] : default, prefix);
    }

    private static void WriteField(ref ByteWriter writer, ReadOnlySpan<byte> name, StringValues believed, StringValues own)
    {
        var value = believed.Count > 0 ? believed : own;
        if (StringValues.IsNullOrEmpty(value))
            return;

        writer.Write(name);
        WriteText(ref writer, value);
        writer.Write("\r\n"u8);
    }

    private static void WriteText(ref ByteWriter writer, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
                writer.Write(", "u8);
            WriteText(ref writer, values[i]);
        }
    }

    /// <summary>Writes a space for each character that is not allowed in a field.</summary>
    private static void WriteText(ref ByteWriter writer, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyExcept(FieldText) is >= 0 and var at)
        {
            writer.Write(text[..at]);
            writer.Write(" "u8);
            text = text[(at + 1)..];
        }

        writer.Write(text);
    }

    /// <summary>Writes an IPv4 address that a dual-stack socket shows as <c>::ffff:a.b.c.d</c> as IPv4.</summary>
    private static void WriteAddress(ref ByteWriter writer, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.IsIPv4MappedToIPv6)
        {
            for (var i = 12; i < length; i++)
            {
                if (i > 12)
                    writer.Write("."u8);
                writer.Write(bytes[i]);
            }

            return;
        }

        address.TryFormat(writer.Room(65), out var written);
        writer.Advance(written);
    }
}
