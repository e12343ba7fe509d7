using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>Finds out whether a request has a body, where it is, and how it goes to the backend (RFC 9112, section 6).</summary>
internal static class RequestBody
{
    /// <summary>How the body, if any, is framed towards the backend.</summary>
    /// <param name="context">The request.</param>
    /// <param name="headers">Its header fields.</param>
    /// <param name="method">Its method.</param>
    /// <param name="buffered">The body where it is at hand as a whole; null where it is to be read from the client.</param>
    public static RequestFraming FramingOf(HttpContext context, IHeaderDictionary headers, string method, ReadOnlyMemory<byte>? buffered)
    {
        if (buffered is { } body)
            return body.Length > 0 || headers.ContentLength == 0 || DefinesContent(method) ? new(body.Length, false, false) : RequestFraming.None;

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return headers.ContentLength == 0 || DefinesContent(method) ? new(0, false, false) : RequestFraming.None;

        var length = headers.ContentLength;
        var expectsContinue = headers.Expect.Count == 1 && headers.Expect[0]!.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        return length is { } known && !headers.ContainsKey(HeaderNames.TransferEncoding)
            ? new(known, false, expectsContinue)
            : new(-1, true, expectsContinue);
    }

    /// <summary>Methods whose requests have a body by definition, so that none is said to be one of length 0 (RFC 9110, section 8.6).</summary>
    private static bool DefinesContent(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);
}
