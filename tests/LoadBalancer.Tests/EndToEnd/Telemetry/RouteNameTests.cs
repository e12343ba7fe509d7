namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>Traces of several routes: each is named after the route of the request.</summary>
public class RouteNameTests
{
    [Fact]
    public async Task Spans_OfSeveralRoutes_AreNamedByMethodAndPattern()
    {
        await using var run = await TelemetryRun.StartAsync(
            collector => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint)],
            address =>
            [
                "--ReverseProxy:Routes:items:ClusterId", "shop", "--ReverseProxy:Routes:items:Match:Path", "/items/{id}",
                "--ReverseProxy:Routes:rest:ClusterId", "shop", "--ReverseProxy:Routes:rest:Match:Path", "/{**path}",
                "--ReverseProxy:Clusters:shop:Destinations:one:Address", address,
            ],
            Cancel);

        await run.GetAsync("/items/7?secret=1", Cancel);
        await run.GetAsync("/elsewhere", Cancel);

        Assert.Equal(("GET /items/{id}", "items", "/items/{id}"), Told(await run.ServerSpanAsync("/items/7", Cancel)));
        Assert.Equal(("GET", "rest", "/{**path}"), Told(await run.ServerSpanAsync("/elsewhere", Cancel)));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static (string Name, string? Id, string? Pattern) Told(ReceivedSpan span) =>
        (span.Name, span.Tags["aspirelb.route"], span.Tags["http.route"]);
}
