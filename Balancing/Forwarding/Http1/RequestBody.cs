using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>RequestBody decides how a request's body is framed for the backend (RFC 9112, section 6).</summary>
internal static class RequestBody
{
    /// <summary>Returns the framing of the body, if any.</summary>
    /// <param name="context">The request.</param>
    /// <param name="headers">The request's header fields.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="buffered">The whole body if it is buffered; null if it is streamed from the client.</param>
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

    /// <summary>Whether the method defines a body, so that a missing one is announced with a length of 0 (RFC 9110, section 8.6).</summary>
    private static bool DefinesContent(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);
}
