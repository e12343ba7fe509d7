using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// ResponseTrailers forwards a trailer section to clients that support one (RFC 9110, section 6.5). Fields that govern framing or the connection are
/// left out.
/// </summary>
internal static class ResponseTrailers
{
    /// <param name="section">Valid field lines, each ended by CRLF.</param>
    /// <param name="client">The client's trailers; null if its protocol or the server has none.</param>
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
