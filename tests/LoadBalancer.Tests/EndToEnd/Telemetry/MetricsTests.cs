namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>The metrics that a collector receives, with their values.</summary>
public abstract class MetricsTests(ExportRun shared)
{
    private const int Found = 5;
    private const int Missing = 2;

    private readonly TelemetryRun _run = shared.Run;

    [Fact]
    public async Task Metrics_Requests_AreCountedByOutcome()
    {
        for (var i = 0; i < Found; i++)
            await _run.GetAsync("/counted", Cancel);
        for (var i = 0; i < Missing; i++)
            await _run.GetAsync("/status/404", Cancel);

        await RequestDurationsAsync("200", Found);
        await RequestDurationsAsync("404", Missing);
        await AttemptsAsync(Found + Missing);
        await PointAsync(
            "Microsoft.AspNetCore.Server.Kestrel",
            "kestrel.active_connections",
            "{connection}",
            p => p.Tags["server.port"] == $"{_run.Port}" && p.Value == 1);
        await PointAsync("System.Runtime", "dotnet.process.memory.working_set", "By", p => p.Value > 1024 * 1024);

        // Health probes of the admin listener are not traffic.
        var recorded = _run.Received.Points.Where(p => p.Name == "http.server.request.duration").ToArray();
        Assert.Equal(Found + Missing, recorded.Sum(p => (int)p.Count));
        Assert.DoesNotContain(_run.Received.Points, p => p.Name == "kestrel.active_connections" && p.Tags["server.port"] != $"{_run.Port}");
        Assert.DoesNotContain(_run.Received.Spans, s => s.Tags["url.path"] == "/health");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task RequestDurationsAsync(string status, int count) => PointAsync("AspireLB.LoadBalancer", "http.server.request.duration", "s", p =>
        p.Tags["http.request.method"] == "GET"
        && p.Tags["http.response.status_code"] == status
        && p.Tags["http.route"] is { Length: > 0 }
        && p.Tags["network.protocol.version"] == "1.1"
        && p.Tags["url.scheme"] == "http"
        && p.Count == (ulong)count
        && p.Value > 0);

    private Task AttemptsAsync(int count) => PointAsync("AspireLB.LoadBalancer", "aspirelb.attempts", "{attempt}", p =>
        p.Tags["aspirelb.cluster"] == "backends"
        && p.Tags["aspirelb.backend"] == $"127.0.0.1:{_run.Backend.Port}"
        && p.Tags["aspirelb.outcome"] == "answered"
        && p.Value == count);

    private Task PointAsync(string meter, string name, string unit, Func<ReceivedPoint, bool> wanted) => _run.Received.UntilAsync(
        r => r.Points.SingleOrDefault(p => (p.Meter, p.Name, p.Unit) == (meter, name, unit) && wanted(p)), $"{name} as wanted", Cancel);
}
