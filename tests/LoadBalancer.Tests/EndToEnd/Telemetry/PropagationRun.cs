namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A balancer that continues sampled traces of clients and starts none itself.</summary>
public abstract class PropagationRun(params string[] more) : IAsyncLifetime
{
    private TelemetryRun? _run;

    internal TelemetryRun Run => _run ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _run = await TelemetryRun.StartAsync(
        collector =>
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0"),
        ],
        address =>
        [
            "--ReverseProxy:Routes:all:ClusterId", "shop", "--ReverseProxy:Routes:all:Match:Path", "{**rest}",
            "--ReverseProxy:Clusters:shop:Destinations:one:Address", address, .. more,
        ],
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
            await _run.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class OwnPathRun() : PropagationRun;

/// <summary>A cluster with its own header encoding is forwarded by YARP.</summary>
public sealed class YarpPathRun() : PropagationRun("--ReverseProxy:Clusters:shop:HttpClient:RequestHeaderEncoding", "utf-8");
