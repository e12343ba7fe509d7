namespace AspireLB.Balancing.Model;

/// <summary>
/// SpanName names spans by the semantic conventions for HTTP (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name): the method,
/// followed by the route unless the route matches every path. The number of names depends on methods and routes only, not on what clients send.
/// </summary>
internal static class SpanName
{
    /// <summary>The name for unknown methods.</summary>
    private const string AnyMethod = "HTTP";

    /// <summary>The name of a span without a route.</summary>
    public static string For(string method) => RequestMethod.IsKnown(method) ? method : AnyMethod;

    /// <summary>The name of a request's span.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="route">The route's path pattern as configured; null if no route matched the request.</param>
    public static string For(string method, string? route) => route is null || MatchesEveryPath(route) ? For(method) : $"{For(method)} {route}";

    // A catch-all is always the last segment, so a pattern that begins with one has no other. One with a constraint matches only some paths.
    private static bool MatchesEveryPath(string route) => route.AsSpan().TrimStart('/') is var rest && rest.StartsWith("{*") && !rest.Contains(':');
}
