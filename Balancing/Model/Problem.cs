using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AspireLB.Balancing.Model;

/// <summary>Problem writes problem details (RFC 9457) as a response: <c>status</c>, <c>title</c>, <c>traceId</c>.</summary>
internal static class Problem
{
    /// <summary>Writes a problem and drops what was set on the response before.</summary>
    /// <param name="context">A request whose response has not started.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="title">One sentence that discloses nothing confidential.</param>
    /// <param name="retryAfterSeconds">Sent as <c>Retry-After</c> (RFC 9110 §10.2.3); null sends none.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, int? retryAfterSeconds = null)
    {
        context.Response.Clear();
        return WriteKeepingHeadersAsync(context, status, title, retryAfterSeconds);
    }

    /// <summary>Writes a problem with a list of errors (<c>errors</c>) and drops what was set on the response before.</summary>
    public static Task WriteAsync(HttpContext context, int status, string title, IReadOnlyList<string> errors)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        return WriteBodyAsync(context, new Details(status, title, TraceId(context), errors));
    }

    /// <summary>Writes a problem and keeps the headers that were set before, such as <c>Allow</c> or <c>WWW-Authenticate</c>.</summary>
    public static Task WriteKeepingHeadersAsync(HttpContext context, int status, string title, int? retryAfterSeconds = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        if (retryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteBodyAsync(context, new Details(status, title, TraceId(context), null));
    }

    private static string TraceId(HttpContext context) => TraceParent.TraceIdOf(context) ?? context.TraceIdentifier;

    private static Task WriteBodyAsync(HttpContext context, Details details)
    {
        var response = context.Response;
        response.ContentType = "application/problem+json";
        var body = Json(details);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>
    /// Writes the JSON without a serializer. A serializer needs 30 ms to inspect its types on first use, while all clients wait who have just lost
    /// the last backend.
    /// </summary>
    private static ReadOnlyMemory<byte> Json(Details details)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteNumber("status"u8, details.Status);
        json.WriteString("title"u8, details.Title);
        json.WriteString("traceId"u8, details.TraceId);
        if (details.Errors is { } errors)
        {
            json.WriteStartArray("errors"u8);
            foreach (var error in errors)
                json.WriteStringValue(error);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private sealed record Details(int Status, string Title, string TraceId, IReadOnlyList<string>? Errors);
}
