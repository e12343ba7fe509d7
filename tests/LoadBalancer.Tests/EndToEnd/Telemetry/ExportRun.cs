namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>One balancer that exports everything by one protocol, for all tests of a class.</summary>
public abstract class ExportRun(string protocol, params (string Name, string Value)[] more) : IAsyncLifetime
{
    private TelemetryRun? _run;

    internal TelemetryRun Run => _run ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _run = await TelemetryRun.StartAsync(
        collector =>
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=secret"),
            ("OTEL_SERVICE_NAME", "edge"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=edge-1,team=platform"),
            .. more,
        ],
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
            await _run.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class GrpcRun() : ExportRun("grpc");

/// <summary>In the development environment, where ASP.NET Core adds middleware in front of the pipeline.</summary>
public sealed class HttpProtobufRun() : ExportRun("http/protobuf", ("DOTNET_ENVIRONMENT", "Development"));
