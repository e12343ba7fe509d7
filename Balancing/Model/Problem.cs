using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AspireLB.Balancing.Model;

/// <summary>Writes problem details (RFC 9457): <c>status</c>, <c>title</c>, <c>traceId</c>.</summary>
internal static class Problem
{
    /// <param name="context">A request whose response has not started; what was set on it is dropped.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="title">One sentence, fit for anybody to see.</param>
    /// <param name="retryAfterSeconds">Sent as <c>Retry-After</c> (RFC 9110 §10.2.3).</param>
    public static Task WriteAsync(HttpContext context, int status, string title, int? retryAfterSeconds = null)
    {
        context.Response.Clear();
        return WriteKeepingHeadersAsync(context, status, title, retryAfterSeconds);
    }

    /// <summary>As the other, with every error that was found (<c>errors</c>).</summary>
    public static Task WriteAsync(HttpContext context, int status, string title, IReadOnlyList<string> errors)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        return WriteBodyAsync(context, new Details(status, title, TraceId(context), errors));
    }

    /// <summary>As the first, and headers set before go along: <c>Allow</c>, <c>WWW-Authenticate</c>.</summary>
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
    /// By hand: a serializer looks into its types first, and that takes 30 ms in which all the clients wait who have just lost the last backend.
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
