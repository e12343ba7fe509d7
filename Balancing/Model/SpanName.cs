namespace AspireLB.Balancing.Model;

/// <summary>
/// Names of spans, by the semantic conventions for HTTP (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name): the method, and the
/// route where it says which requests these are. There are as many names as methods and routes, whatever clients send.
/// </summary>
internal static class SpanName
{
    /// <summary>Stands for methods that are not known.</summary>
    private const string AnyMethod = "HTTP";

    /// <summary>Name of a span whose route is not known.</summary>
    public static string For(string method) => RequestMethod.IsKnown(method) ? method : AnyMethod;

    /// <summary>Name of a request's span.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="route">Path pattern of the route, as configured; null where no route took the request.</param>
    public static string For(string method, string? route) => route is null || TakesEveryPath(route) ? For(method) : $"{For(method)} {route}";

    // A catch-all is always the last segment, so a pattern that begins with one has no other. With a constraint it takes some paths only.
    private static bool TakesEveryPath(string route) => route.AsSpan().TrimStart('/') is var rest && rest.StartsWith("{*") && !rest.Contains(':');
}
