using System.Net;
using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Status.Types;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>
/// The telemetry of requests at a collector. The run is shared, so each test identifies its requests by path or status.
/// </summary>
public abstract class ExportTests(ExportRun shared)
{
    private readonly TelemetryRun _run = shared.Run;

    [Fact]
    public async Task Spans_RequestWithTraceparent_ContinueItUpToTheBackend()
    {
        var client = TraceContext.Create();

        Assert.Equal(HttpStatusCode.OK, await _run.GetAsync("/traced", Cancel, ("traceparent", client.Traceparent), ("tracestate", "vendor=value")));

        var server = await _run.ServerSpanAsync("/traced", Cancel);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.Null(server.Span.Status);
        _run.AssertServerTags(server, "/traced", "200");

        var forwarded = await _run.ForwardedSpanAsync("/traced", Cancel);
        await _run.AssertDescendsAsync(forwarded, server, Cancel);
        SpanAssertions.AssertForwardedTags(forwarded, _run.Backend, "/traced", "200");
        Assert.Equal("vendor=value", Assert.Single(_run.Backend.RequestsTo("/traced"))["tracestate"]);
        Assert.InRange(forwarded.Span.StartTimeUnixNano, server.Span.StartTimeUnixNano, forwarded.Span.EndTimeUnixNano - 1);
        Assert.InRange(forwarded.Span.EndTimeUnixNano, forwarded.Span.StartTimeUnixNano, server.Span.EndTimeUnixNano);
    }

    [Fact]
    public async Task Spans_RequestWithoutTraceparent_StartATrace()
    {
        await _run.GetAsync("/untraced", Cancel);

        var server = await _run.ServerSpanAsync("/untraced", Cancel);
        Assert.Equal(("", "AspireLB.LoadBalancer"), (server.ParentSpanId, server.Source));
        await _run.AssertDescendsAsync(await _run.ForwardedSpanAsync("/untraced", Cancel), server, Cancel);
    }

    [Fact]
    public async Task Spans_BackendAnswers500_AreErrors()
    {
        Assert.Equal(HttpStatusCode.InternalServerError, await _run.GetAsync("/status/500", Cancel));

        var server = await _run.ServerSpanAsync("/status/500", Cancel);
        var forwarded = await _run.ForwardedSpanAsync("/status/500", Cancel);
        _run.AssertServerTags(server, "/status/500", "500");
        SpanAssertions.AssertForwardedTags(forwarded, _run.Backend, "/status/500", "500");
        Assert.All([server, forwarded], span => Assert.Equal(("500", StatusCode.Error), (span.Tags["error.type"], span.Span.Status.Code)));
    }

    [Fact]
    public async Task Metrics_OfATracedRequest_HaveItAsExemplar()
    {
        await _run.Admin.GetStringAsync("/metrics", Cancel);
        var client = TraceContext.Create();
        await _run.GetAsync("/exemplary", Cancel, ("traceparent", client.Traceparent));

        foreach (var histogram in new[] { "http.server.request.duration", "aspirelb.attempt.duration" })
            await _run.Received.UntilAsync(
                r => r.Points.SingleOrDefault(p => p.Name == histogram && p.ExemplarTraces.Contains(client.TraceId)),
                $"exemplar of {histogram}",
                Cancel);

        using var scrape = new HttpRequestMessage(
            HttpMethod.Get,
            "/metrics") { Headers = { { "Accept", "application/openmetrics-text;version=1.0.0" } } };
        using var scraped = await _run.Admin.SendAsync(scrape, Cancel);
        var lines = (await scraped.Content.ReadAsStringAsync(Cancel)).Split('\n').Where(
            line => line.Contains($"trace_id=\"{client.TraceId}\"")).ToArray();
        Assert.Contains(lines, line => line.StartsWith("http_server_request_duration_seconds_bucket{"));
        Assert.Contains(lines, line => line.StartsWith("aspirelb_attempt_duration_seconds_bucket{"));
    }

    [Fact]
    public async Task Resource_OfEverySignal_IsWhatTheVariablesSay()
    {
        await _run.GetAsync("/anything", Cancel);

        var span = await _run.ServerSpanAsync("/anything", Cancel);
        var point = await _run.Received.UntilAsync(r => r.Points.FirstOrDefault(), "metrics", Cancel);
        var log = await _run.Received.UntilAsync(r => r.Logs.FirstOrDefault(), "logs", Cancel);

        Assert.All(
            [span.Resource, point.Resource, log.Resource],
            r => Assert.Equal(("edge", "edge-1", "platform"), (r["service.name"], r["service.instance.id"], r["team"])));
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected async Task AssertExportsAsync(string protocol, string contentType, params string[] paths)
    {
        await _run.GetAsync("/exported", Cancel);
        await _run.Received.UntilAsync(r => r.Spans.Count > 0 && r.Points.Count > 0 && r.Logs.Count > 0 ? r : null, "all three signals", Cancel);

        Assert.Equal(paths, _run.Received.Exports.Select(e => e.Path).Distinct().Order());
        Assert.All(_run.Received.Exports, e => Assert.Equal((protocol, contentType, "secret"), (e.Protocol, e.ContentType, e.Headers["x-api-key"])));
    }
}
