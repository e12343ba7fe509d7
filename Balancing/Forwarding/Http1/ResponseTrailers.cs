using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>Passes a trailer section on to clients that have one (RFC 9110, section 6.5). Fields that govern framing or the connection stay behind.</summary>
internal static class ResponseTrailers
{
    /// <param name="section">Field lines that are known to be valid, each ended by CRLF.</param>
    /// <param name="client">Null where the client's protocol or server has no trailers.</param>
    public static void Apply(ReadOnlySpan<byte> section, IHttpResponseTrailersFeature? client)
    {
        if (client is null || client.Trailers.IsReadOnly)
            return;

        while (FieldLine.TryTakeLine(ref section, out var line) && FieldLine.TrySplit(line, out var name, out var value))
        {
            var known = FieldName.Find(name);
            if (known is { Kind: not FieldKind.EndToEnd })
                continue;

            var text = known?.Text ?? Encoding.ASCII.GetString(name);
            client.Trailers[text] = StringValues.Concat(client.Trailers[text], Encoding.Latin1.GetString(value));
        }
    }
}
