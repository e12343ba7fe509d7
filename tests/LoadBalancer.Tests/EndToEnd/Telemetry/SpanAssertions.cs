using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Span.Types;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>Finds the spans of a request and checks what all of them have in common.</summary>
internal static class SpanAssertions
{
    /// <summary>The span of the request as the balancer received it.</summary>
    public static Task<ReceivedSpan> ServerSpanAsync(this TelemetryRun run, string path, CancellationToken cancel) => run.Received.UntilAsync(
        r => r.Spans.SingleOrDefault(s => s.Kind == SpanKind.Server && s.Tags["url.path"] == path), $"server span of {path}", cancel);

    /// <summary>The span in the context that the run's only backend received.</summary>
    public static Task<ReceivedSpan> ForwardedSpanAsync(this TelemetryRun run, string path, CancellationToken cancel) =>
        run.ForwardedSpanAsync(run.Backend, path, cancel);

    /// <summary>The span named by the <c>traceparent</c> that this backend received.</summary>
    public static Task<ReceivedSpan> ForwardedSpanAsync(this TelemetryRun run, RecordingBackend backend, string path, CancellationToken cancel)
    {
        var traceparent = Assert.Single(backend.RequestsTo(path))["traceparent"];
        var told = TraceContext.Parse(traceparent);
        Assert.True(told.Sampled);
        return run.Received.UntilAsync(
            r =>
                r.Spans.SingleOrDefault(s => (s.TraceId, s.SpanId) == (told.TraceId, told.SpanId)),
                $"span of the forwarded request, {traceparent}",
                cancel);
    }

    /// <summary>Parent, or parent of a parent.</summary>
    public static async Task AssertDescendsAsync(this TelemetryRun run, ReceivedSpan span, ReceivedSpan ancestor, CancellationToken cancel)
    {
        Assert.Equal(ancestor.TraceId, span.TraceId);
        for (var depth = 0; span.ParentSpanId != ancestor.SpanId; depth++)
        {
            var child = span;
            Assert.True(depth < 10, $"{child} has no end of parents");
            Assert.NotEmpty(child.ParentSpanId);
            span = await run.Received.UntilAsync(r => r.Spans.SingleOrDefault(s => s.SpanId == child.ParentSpanId), $"parent of {child}", cancel);
        }
    }

    public static void AssertServerTags(this TelemetryRun run, ReceivedSpan span, string path, string status)
    {
        Assert.Equal("GET", span.Tags["http.request.method"]);
        Assert.Equal("http", span.Tags["url.scheme"]);
        Assert.Equal(path, span.Tags["url.path"]);
        Assert.Equal("127.0.0.1", span.Tags["server.address"]);
        Assert.Equal($"{run.Port}", span.Tags["server.port"]);
        Assert.Equal("127.0.0.1", span.Tags["client.address"]);
        Assert.Equal("1.1", span.Tags["network.protocol.version"]);
        Assert.Equal("telemetry-test", span.Tags["user_agent.original"]);
        Assert.Equal(status, span.Tags["http.response.status_code"]);
        Assert.EndsWith("{**" + (span.Tags["aspirelb.route"] == "all" ? "rest}" : "path}"), span.Tags["http.route"]);
        Assert.Equal("GET", span.Name); // a catch-all route has no meaningful name
    }

    public static void AssertForwardedTags(ReceivedSpan span, RecordingBackend backend, string path, string status)
    {
        Assert.Equal(("AspireLB.LoadBalancer", SpanKind.Client, "GET"), (span.Source, span.Kind, span.Name));
        Assert.Equal("GET", span.Tags["http.request.method"]);
        Assert.Equal("127.0.0.1", span.Tags["server.address"]);
        Assert.Equal($"{backend.Port}", span.Tags["server.port"]);
        Assert.Equal(backend.Address + path, span.Tags["url.full"]);
        Assert.Equal(status, span.Tags["http.response.status_code"]);
    }
}
