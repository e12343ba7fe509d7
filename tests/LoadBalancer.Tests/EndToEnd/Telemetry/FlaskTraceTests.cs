using System.Net;
using System.Text.Json.Nodes;
using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Span.Types;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>One trace of a request that failed over: the client, the balancer, both attempts, and the context at the Flask server.</summary>
public class FlaskTraceTests
{
    private const string ExplainToken = "explain-to-me-please";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Trace_RequestThatFailedOver_LeadsFromTheClientToFlask(string protocol)
    {
        using var refusing = new RefusingPort();
        await using var flask = await FlaskServer.StartAsync("server-2", Cancel);
        await using var run = await TelemetryRun.StartAsync(
            collector =>
                [
                    ("OTEL_EXPORTER_OTLP_ENDPOINT", protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint),
                    ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
                ],
            [
                "--Backends:0:Name", "server-1",
                "--Backends:0:Address", refusing.Url,
                "--Backends:1:Name", "server-2",
                "--Backends:1:Address", flask.Url,
                "--LoadBalancer:Health:Active:Enabled", "false",
                "--Admin:ExplainToken", ExplainToken,
            ],
            Cancel);
        var client = TraceContext.Create();

        var (status, body) = await run.FetchAsync("/echo", Cancel, ("traceparent", client.Traceparent), ("X-AspireLB-Explain", ExplainToken));

        Assert.Equal(HttpStatusCode.OK, status);
        var server = await run.ServerSpanAsync("/echo", Cancel);
        var attempts = await run.Received.UntilAsync(
            r =>
                r.Spans.Where(
                    span => span.Kind == SpanKind.Client).OrderBy(span => span.Span.StartTimeUnixNano).ToArray() is { Length: 2 } both ? both : null,
                "two attempts",
                Cancel);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.Equal(
            "route=backends; cluster=backends; policy=RoundRobin; candidates=server-1 0.5, server-2 0.5; attempts=server-1 never_connected, server-2",
            server.Tags["aspirelb.explanation"]);
        foreach (var attempt in attempts)
            await run.AssertDescendsAsync(attempt, server, Cancel);

        Assert.Equal(("server-1", "never_connected", "connection_error", null), Told(attempts[0]));
        Assert.Equal(("server-2", "answered", null, "1"), Told(attempts[1]));
        var received = JsonNode.Parse(body)!["headers"]!.AsArray().Single(field => "traceparent".Equals(
            (string?)field![0],
            StringComparison.OrdinalIgnoreCase))!;
        Assert.Equal($"00-{client.TraceId}-{attempts[1].SpanId}-01", (string?)received[1]);
    }

    private static (string? Backend, string? Outcome, string? Error, string? Resend) Told(ReceivedSpan span) =>
        (span.Tags["aspirelb.backend"], span.Tags["aspirelb.outcome"], span.Tags["error.type"], span.Tags["http.request.resend_count"]);
}
