namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>Maps <c>GET /api/explain</c>.</summary>
internal static class ExplainEndpoint
{
    public static void MapExplain(this WebApplication app) =>
        app.MapGet("/api/explain", ExplainAsync)
            .DisableHttpMetrics()
            .WithTags("Explain")
            .WithSummary("What would happen to a request, without sending it: route, cluster, each backend and why it is left out, retries.");

    /// <param name="explainer">Computes the explanation.</param>
    /// <param name="path">Path and query, encoded as in a request.</param>
    /// <param name="method">Default GET.</param>
    /// <param name="host">The <c>Host</c> that routes may match.</param>
    /// <param name="header">Headers that routes may match, each as <c>Name: value</c>.</param>
    private static Task<Explanation> ExplainAsync(Explainer explainer, string path, string? method, string? host, string[]? header)
    {
        if (!path.StartsWith('/') || !Uri.TryCreate("http://host" + path, UriKind.Absolute, out var uri))
            throw new AdminFailure(StatusCodes.Status400BadRequest, $"path: '{path}' is not allowed; expected: a path that starts with /");

        var request = new DefaultHttpContext().Request;
        request.Method = (method ?? HttpMethods.Get).ToUpperInvariant();
        request.Scheme = Uri.UriSchemeHttp;
        request.Host = new(host ?? "localhost");
        request.Path = PathString.FromUriComponent(uri);
        request.QueryString = QueryString.FromUriComponent(uri);
        foreach (var line in header ?? [])
            Add(request, line);
        return explainer.ExplainAsync(request.HttpContext);
    }

    private static void Add(HttpRequest request, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
            throw new AdminFailure(StatusCodes.Status400BadRequest, $"header: '{line}' is not allowed; expected: Name: value");
        request.Headers.Append(line[..colon].Trim(), line[(colon + 1)..].Trim());
    }
}
