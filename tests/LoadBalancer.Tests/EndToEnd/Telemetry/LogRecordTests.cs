using System.Net;
using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Span.Types;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>The logs at a collector: they can be filtered by backend, and contain no lines per request or probe.</summary>
public class LogRecordTests
{
    private const int Probes = 3;

    [Theory]
    [InlineData("own")]
    [InlineData("yarp")]
    public async Task Logs_OfABackend_HaveBackendAndClusterAsAttributes(string path)
    {
        using var refusing = new RefusingPort();
        await using var run = await TelemetryRun.StartAsync(
            Exporting, [.. Shop(refusing.Url, path), "--LoadBalancer:Health:Active:Enabled", "false"], Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await run.GetAsync("/away", Cancel));

        var log = await run.Received.UntilAsync(
            r => r.Logs.SingleOrDefault(l => l.Body.StartsWith("Attempt at", StringComparison.Ordinal)), "log of the attempt", Cancel);
        Assert.Equal(("one", "shop", refusing.Url), (log.Tags["Backend"], log.Tags["Cluster"], log.Tags["Address"]));

        // The record has fields for its span, and no scope duplicates them.
        Assert.Equal((await run.ServerSpanAsync("/away", Cancel)).TraceId, log.TraceId);
        Assert.Equal(["Address", "Backend", "Cluster", "Outcome", "Repeated", "{OriginalFormat}"], log.Tags.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("own")]
    [InlineData("yarp")]
    public async Task Logs_FromStartToStop_HoldNoRequestAndNoProbe(string path)
    {
        await using var run = await TelemetryRun.StartAsync(
            Exporting,
            address =>
                [.. Shop(address, path), "--LoadBalancer:Health:Active:Path", "/health", "--LoadBalancer:Health:Active:Interval", "00:00:00.1"],
            Cancel);

        foreach (var status in new[] { 200, 404, 500 })
            await run.GetAsync($"/status/{status}", Cancel);
        await Eventually.TrueAsync(() => run.Backend.RequestsTo("/health").Count >= Probes, Cancel);
        await run.GetAsync("/last", Cancel);
        Assert.Equal(0, await run.StopAsync(Cancel));

        Assert.Equal(
            ["Admin API", "Backend one", "Listening on", "Stopping"],
            run.Received.Logs.Select(Beginning).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(4, run.Received.Spans.Count(span => span.Kind == SpanKind.Server));
        Assert.Equal(4, run.Received.Spans.Count(span => span.Kind == SpanKind.Client));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static (string, string)[] Exporting(OtlpReceiver collector) => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint)];

    /// <summary>A cluster with its own header encoding is forwarded by YARP.</summary>
    private static string[] Shop(string address, string path) =>
    [
        "--ReverseProxy:Routes:all:ClusterId", "shop", "--ReverseProxy:Routes:all:Match:Path", "{**rest}",
        "--ReverseProxy:Clusters:shop:Destinations:one:Address", address,
        .. path == "yarp" ? ["--ReverseProxy:Clusters:shop:HttpClient:RequestHeaderEncoding", "utf-8"] : Array.Empty<string>(),
    ];

    /// <summary>The first two words; what follows differs from run to run.</summary>
    private static string Beginning(ReceivedLog log) => string.Join(' ', log.Body.Split(' ').Take(2));
}
