using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>Puts a backend's response head into the response to the client. Kestrel frames the body and writes what is missing.</summary>
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

    /// <summary>Takes back what <see cref="Apply"/> did, while nothing has been sent.</summary>
    public static void Undo(IHttpResponseFeature response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ReasonPhrase = null;
        response.Headers.Clear();
    }

    /// <summary>
    /// Fields that a stage of ours has set already stay beside the backend's, as with YARP's own forwarder; its policy on transport security
    /// wins over the backend's.
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
