using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>ResponseHeadRelay copies a backend's response head into the client's response. Kestrel frames the body and adds missing fields.</summary>
internal static class ResponseHeadRelay
{
    public static void Apply(ResponseHead head, bool isHeadRequest, IHttpResponseFeature response)
    {
        response.StatusCode = head.StatusCode;
        if (head.ReasonPhrase is not null)
            response.ReasonPhrase = head.ReasonPhrase;

        var headers = response.Headers;
        var fields = head.Fields;
        if (headers.Count == 0)
        {
            for (var i = 0; i < fields.Count; i++)
                headers[fields[i].Key] = fields[i].Value;
        }
        else
        {
            for (var i = 0; i < fields.Count; i++)
                Add(headers, fields[i].Key, fields[i].Value);
        }

        if (head.ContentLength >= 0 && (!head.IsBodyless || (head.StatusCode == StatusCodes.Status304NotModified && head.ContentLength > 0)))
            headers.ContentLength = head.ContentLength;
        else if (isHeadRequest && head.ContentLength >= 0 && !head.IsBodyless)
            headers.ContentLength = head.ContentLength;
    }

    /// <summary>Reverts <see cref="Apply"/>, as long as nothing has been sent.</summary>
    public static void Undo(IHttpResponseFeature response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ReasonPhrase = null;
        response.Headers.Clear();
    }

    /// <summary>
    /// Adds a field of the backend to those that our middleware has already set, as YARP's own forwarder does. Our Strict-Transport-Security
    /// takes precedence over the backend's.
    /// </summary>
    private static void Add(IHeaderDictionary headers, string name, StringValues value)
    {
        var before = headers[name];
        if (before.Count == 0)
            headers[name] = value;
        else if (!name.Equals(HeaderNames.StrictTransportSecurity, StringComparison.OrdinalIgnoreCase))
            headers[name] = StringValues.Concat(before, value);
    }
}
