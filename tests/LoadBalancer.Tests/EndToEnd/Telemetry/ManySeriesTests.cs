namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>More series than the SDK's default of 2,000 per metric, beyond which it merges series into one without tags.</summary>
public class ManySeriesTests
{
    private const int Backends = 1000;

    private static readonly string[] States = ["unknown", "healthy", "unhealthy", "ejected", "draining", "disabled"];

    [Fact]
    public async Task Metrics_ThousandBackends_EachHasItsSeries()
    {
        await using var run = await TelemetryRun.StartAsync(
            collector =>
                [("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", collector.GrpcEndpoint)], address =>
                    ["--LoadBalancer:Health:Active:Enabled=false", .. Named(address)], Cancel);

        var last = Name(Backends - 1);
        await run.Received.UntilAsync(
            r => r.Points.FirstOrDefault(p => p.Name == "aspirelb.connections.created" && p.Tags["aspirelb.backend"] == last),
            "figures of the last backend",
            Cancel);

        var points = run.Received.Points;
        Assert.DoesNotContain(points, p => p.Tags["otel.metric.overflow"] is not null);
        Assert.Equal(
            from i in Enumerable.Range(0, Backends) from state in States select $"{Name(i)} {state}",
            from p in points where p.Name == "aspirelb.backend.state" select $"{p.Tags["aspirelb.backend"]} {p.Tags["aspirelb.state"]}");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One server under many names.</summary>
    private static IEnumerable<string> Named(string address) =>
        Enumerable.Range(0, Backends).SelectMany(i => new[] { $"--Backends:{i}:Name={Name(i)}", $"--Backends:{i}:Address={address}" });

    private static string Name(int number) => $"server-{number}";
}
