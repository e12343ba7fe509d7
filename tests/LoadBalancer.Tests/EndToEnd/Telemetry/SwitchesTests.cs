namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>Telemetry that is off, not sampled, or on for one signal, by the standard variables.</summary>
public class SwitchesTests
{
    [Fact]
    public async Task Off_NoVariables_TraceContextPassesThrough() => await AssertSilentAsync(_ => []);

    [Fact]
    public async Task Off_SdkDisabled_TraceContextPassesThrough() => await AssertSilentAsync(
        collector => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint), ("OTEL_SDK_DISABLED", "true")]);

    [Theory]
    [InlineData("always_off", "", true)]
    [InlineData("traceidratio", "0", true)]
    [InlineData("parentbased_always_on", "", false)]
    public async Task Sampler_DropsTheTrace_NoSpanAndFlagToldToTheBackend(string sampler, string argument, bool clientSampled)
    {
        await using var run = await TelemetryRun.StartAsync(
            collector =>
                [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint), ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument)],
                Cancel);
        var client = TraceContext.Create(clientSampled);

        await run.GetAsync("/unsampled", Cancel, ("traceparent", client.Traceparent));
        await run.Received.UntilAsync(
            r => r.Points.FirstOrDefault(p => p.Name == "http.server.request.duration" && p.Count == 1),
            "metrics all the same",
            Cancel);
        Assert.Equal(0, await run.StopAsync(Cancel));

        Assert.Empty(run.Received.Spans);
        var received = TraceContext.Parse(Assert.Single(run.Backend.RequestsTo("/unsampled"))["traceparent"]);
        Assert.Equal((client.TraceId, false), (received.TraceId, received.Sampled));
        Assert.Equal(clientSampled, received.SpanId != client.SpanId); // the flag is not changed without the id
    }

    [Fact]
    public async Task Sampler_TraceIdRatioOne_EverySpanArrives()
    {
        await using var run = await TelemetryRun.StartAsync(
            collector =>
                [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint), ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "1")],
                Cancel);

        await run.GetAsync("/sampled", Cancel, ("traceparent", TraceContext.Create(sampled: false).Traceparent));

        await run.Received.UntilAsync(r => r.Spans.SingleOrDefault(s => s.Tags["url.path"] == "/sampled"), "span", Cancel);
    }

    [Theory]
    [InlineData("TRACES", "/v1/traces")]
    [InlineData("METRICS", "/v1/metrics")]
    [InlineData("LOGS", "/v1/logs")]
    public async Task Endpoint_OfOneSignal_OnlyThatOneIsExported(string signal, string path)
    {
        await using var run = await TelemetryRun.StartAsync(
            collector =>
                [
                    ($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", collector.HttpEndpoint + path),
                    ($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "http/protobuf"),
                ],
                Cancel);

        await run.GetAsync("/once", Cancel);
        Assert.Equal(0, await run.StopAsync(Cancel));

        Assert.Equal([path], run.Received.Exports.Select(e => e.Path).Distinct());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task AssertSilentAsync(Func<OtlpReceiver, (string, string)[]> environment)
    {
        await using var run = await TelemetryRun.StartAsync(environment, Cancel);
        var client = TraceContext.Create();

        await run.GetAsync("/quiet", Cancel, ("traceparent", client.Traceparent), ("tracestate", "vendor=value"), ("baggage", "user=7"));
        await run.GetAsync("/plain", Cancel);
        Assert.Equal(0, await run.StopAsync(Cancel)); // everything queued has been sent by now

        Assert.Empty(run.Received.Exports);
        var received = Assert.Single(run.Backend.RequestsTo("/quiet"));
        Assert.Equal((client.Traceparent, "vendor=value", "user=7"), (received["traceparent"], received["tracestate"], received["baggage"]));
        Assert.DoesNotContain("traceparent", Assert.Single(run.Backend.RequestsTo("/plain")).Keys);
    }
}
