namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

public sealed class GrpcExportTests(GrpcRun run) : ExportTests(run), IClassFixture<GrpcRun>
{
    [Fact]
    public Task Export_EverySignal_IsAGrpcCallWithTheHeaders() => AssertExportsAsync(
        "HTTP/2", "application/grpc",
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
}

public sealed class HttpProtobufExportTests(HttpProtobufRun run) : ExportTests(run), IClassFixture<HttpProtobufRun>
{
    [Fact]
    public Task Export_EverySignal_IsAPostWithTheHeaders() =>
        AssertExportsAsync("HTTP/1.1", "application/x-protobuf", "/v1/logs", "/v1/metrics", "/v1/traces");
}

public sealed class GrpcMetricsTests(GrpcRun run) : MetricsTests(run), IClassFixture<GrpcRun>;

public sealed class HttpProtobufMetricsTests(HttpProtobufRun run) : MetricsTests(run), IClassFixture<HttpProtobufRun>;
