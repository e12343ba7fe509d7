using System.Globalization;
using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Metadata;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// RequestTags caches the tags of requests. Method, status, protocol and route make few different sets. Only the latest sets are kept, in case a
/// client keeps inventing new ones.
/// </summary>
internal sealed class RequestTags
{
    private const int MostKept = 32;

    private Kept[] _kept = [];

    public KeyValuePair<string, object?>[] For(HttpContext context)
    {
        var (request, status, endpoint) = (context.Request, context.Response.StatusCode, context.GetEndpoint());
        var (method, protocol, scheme) = (request.Method, request.Protocol, request.Scheme);
        var kept = Volatile.Read(ref _kept);
        foreach (var one in kept)
        {
            // The server shares one string per value, and routing one endpoint per route. Where it does not, a second equal set does no harm.
            if (one.Status == status && ReferenceEquals(one.Endpoint, endpoint) && ReferenceEquals(one.Method, method)
                && ReferenceEquals(one.Protocol, protocol) && ReferenceEquals(one.Scheme, scheme))
            {
                return one.Tags;
            }
        }

        var added = new Kept(status, endpoint, method, protocol, scheme, Create(status, endpoint, method, protocol, scheme));
        Volatile.Write(ref _kept, [added, .. kept.Take(MostKept - 1)]);
        return added.Tags;
    }

    private static KeyValuePair<string, object?>[] Create(int status, Endpoint? endpoint, string method, string protocol, string scheme)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new("url.scheme", scheme),
            new("http.request.method", RequestMethod.IsKnown(method) ? method : RequestMethod.Other),
            new("network.protocol.version", protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? protocol["HTTP/".Length..] : protocol),
            new("http.response.status_code", status),
        ];
        if (endpoint?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route)
            tags.Add(new("http.route", route));
        if (status >= StatusCodes.Status500InternalServerError)
            tags.Add(new("error.type", status.ToString(CultureInfo.InvariantCulture)));
        return [.. tags];
    }

    private sealed record Kept(int Status, Endpoint? Endpoint, string Method, string Protocol, string Scheme, KeyValuePair<string, object?>[] Tags);
}
