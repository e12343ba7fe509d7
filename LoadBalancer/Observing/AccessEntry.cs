using AspireLB.Balancing.Model;
using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>One request in the access log. Copied when the request ends, since its context is reused at once.</summary>
internal sealed record AccessEntry(
    DateTimeOffset At,
    string? Client,
    string Method,
    string Target,
    string Protocol,
    int Status,
    long? Bytes,
    double Milliseconds,
    string? Referer,
    string? UserAgent,
    string? Host,
    string? Cluster,
    string? Backend,
    int Attempts,
    string? TraceId,
    bool? Hedged = null)
{
    /// <param name="context">The request.</param>
    /// <param name="at">When it arrived.</param>
    /// <param name="elapsed">How long it took.</param>
    public static AccessEntry From(HttpContext context, DateTimeOffset at, TimeSpan elapsed)
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        var attempts = context.Features.Get<IAttemptFeature>() as RequestAttempts;
        return new(
            at,
            context.Connection.RemoteIpAddress?.ToString(),
            request.Method,
            request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            request.Protocol,
            context.Response.StatusCode,
            context.Response.ContentLength,
            Math.Round(elapsed.TotalMilliseconds, 3),
            Text(headers.Referer),
            Text(headers.UserAgent),
            Text(headers.Host),
            attempts?.ClusterId,
            attempts?.Traces(0).LastOrDefault().Backend,
            attempts?.Count ?? 0,
            TraceParent.TraceIdOf(context),
            attempts?.IsHedged == true ? true : null);
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues field) => field.Count == 0 ? null : field.ToString();
}
