using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A request with several attempts: each attempt has its own span, and each backend receives its own context.</summary>
public class RetryTests
{
    private const string Path = "/status/503"; // the balancer retries it on another backend

    [Fact]
    public async Task Spans_AttemptRepeated_AreSiblingsUnderTheRequest()
    {
        await using var run = await TelemetryRun.StartAsync(
            collector => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint)],
            Cancel,
            backends: 3);
        var client = TraceContext.Create();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await run.GetAsync(Path, Cancel, ("traceparent", client.Traceparent)));

        var server = await run.ServerSpanAsync(Path, Cancel);
        Assert.Equal(client.SpanId, server.ParentSpanId);
        var attempts = new List<(ReceivedSpan Span, RecordingBackend Backend)>();
        foreach (var backend in run.Backends)
            attempts.Add((await run.ForwardedSpanAsync(backend, Path, Cancel), backend));
        attempts.Sort((one, other) => one.Span.Span.StartTimeUnixNano.CompareTo(other.Span.Span.StartTimeUnixNano));

        Assert.Equal([null, "1", "2"], attempts.Select(attempt => attempt.Span.Tags["http.request.resend_count"]));
        Assert.All(attempts, attempt => Assert.Equal(server.SpanId, attempt.Span.ParentSpanId));
        Assert.All(attempts, attempt => Assert.Equal($"127.0.0.1:{attempt.Backend.Port}", attempt.Span.Tags["aspirelb.backend"]));
        Assert.Equal(4, run.Received.Spans.Count); // none beside these
        foreach (var (attempt, backend) in attempts)
        {
            SpanAssertions.AssertForwardedTags(attempt, backend, Path, "503");
            await CountAsync("aspirelb.attempts", backend, "server_error");
        }

        await CountAsync("aspirelb.retries", attempts[0].Backend, null);
        await CountAsync("aspirelb.retries", attempts[1].Backend, null);
        Assert.Equal(2, run.Received.Points.Count(point => point.Name == "aspirelb.retries")); // the last attempt was not retried

        Task CountAsync(string name, RecordingBackend backend, string? outcome) => run.Received.UntilAsync(
            r => r.Points.SingleOrDefault(p => (p.Meter, p.Name, p.Unit, p.Value) == ("AspireLB.LoadBalancer", name, "{attempt}", 1)
                && p.Tags["aspirelb.cluster"] == "backends"
                && p.Tags["aspirelb.backend"] == $"127.0.0.1:{backend.Port}"
                && p.Tags["aspirelb.outcome"] == outcome), $"{name} of {backend.Address}", Cancel);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
