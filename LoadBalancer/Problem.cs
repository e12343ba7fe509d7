using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AspireLB.LoadBalancer.Observing.Tracing;

namespace AspireLB.LoadBalancer;

/// <summary>Writes problem details (RFC 9457): <c>status</c>, <c>title</c>, <c>traceId</c>.</summary>
internal static class Problem
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

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
        var body = JsonSerializer.SerializeToUtf8Bytes(details, Json);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    private sealed record Details(int Status, string Title, string TraceId, IReadOnlyList<string>? Errors);
}
