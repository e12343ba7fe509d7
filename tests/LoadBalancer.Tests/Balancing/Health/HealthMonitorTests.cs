using System.Net;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

public class HealthMonitorTests
{
    private const string Two = """{ "Backends": ["http://a", "http://b"], "LoadBalancer": { "Health": { "Active": { "Jitter": 0 } } } }""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OneFails_FirstProbesDecideAtOnce()
    {
        await using var host = await ProbingHost.StartAsync(Two, probes => probes.Respond("b", HttpStatusCode.ServiceUnavailable));

        await Eventually.TrueAsync(() => host.Monitor.FirstProbesDone && host.Log.All.Count() == 2, Cancelled);

        Assert.Equal(["a"], host.Available);
        Assert.Equal((BackendState.Healthy, BackendState.Unhealthy), (host.Backend("a").State, host.Backend("b").State));
        Assert.Equal(
            [
                "Information BackendUp: Backend a (http://a) of backends is up",
                "Warning BackendDown: Backend b (http://b) of backends is down: status 503",
            ],
            host.Log.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_ProbeInFlight_BackendIsUsedAndNotYetReady()
    {
        await using var host = await ProbingHost.StartAsync(Two, probes => probes.NeverRespond("b"));

        await Eventually.TrueAsync(() => host.Backend("a").State == BackendState.Healthy, Cancelled);

        Assert.Equal(["a", "b"], host.Available);
        Assert.False(host.Monitor.FirstProbesDone);
    }

    [Fact]
    public async Task Probe_FallThenRise_EachChangeIsLoggedOnceAndApplied()
    {
        await using var host = await ProbingHost.StartAsync(
            """{ "Backends": ["http://a"], "LoadBalancer": { "Health": { "Active": { "Jitter": 0, "Rise": 2, "Fall": 2 } } } }""");
        await Eventually.TrueAsync(() => host.Log.All.Count() == 1, Cancelled);

        host.Probes.Respond("a", HttpStatusCode.InternalServerError);
        await ProbedAsync(host, 1);
        Assert.Equal(["a"], host.Available);
        await ProbedAsync(host, 1);
        await Eventually.TrueAsync(() => !host.Available.Any(), Cancelled);

        host.Probes.Respond("a", HttpStatusCode.OK);
        await ProbedAsync(host, 1);
        Assert.Empty(host.Available);
        await ProbedAsync(host, 1);
        await Eventually.TrueAsync(() => host.Available.Any(), Cancelled);

        Assert.Equal(["BackendUp", "BackendDown", "BackendUp"], host.Log.All.Select(line => line.Split(' ', ':')[1]));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Reload_BackendAdded_WarmsUpAndTheOthersDoNot(string probing)
    {
        string Json(string backends) =>
            $$"""{ "Backends": "{{backends}}", "LoadBalancer": { "SlowStart": "00:00:10", "Health": { "Active": { "Enabled": {{probing}} } } } }""";
        await using var host = await ProbingHost.StartAsync(Json("http://a,http://b"));

        await host.ReloadAsync(Json("http://a,http://b,http://c"));

        Assert.Equal(
            (20, 20, 2),
            (host.Backend("a").Share.PickingWeight, host.Backend("b").Share.PickingWeight, host.Backend("c").Share.PickingWeight));
    }

    [Fact]
    public async Task Reload_BackendAddedAndRemoved_OthersKeepTheirVerdictAndLoop()
    {
        await using var host = await ProbingHost.StartAsync(Two);
        await Eventually.TrueAsync(() => host.Log.All.Count() == 2, Cancelled);
        var kept = host.Backend("a");
        kept.Attempts.Begin();

        await host.ReloadAsync("""{ "Backends": ["http://c", "http://a"], "LoadBalancer": { "Health": { "Active": { "Jitter": 0 } } } }""");
        await Eventually.TrueAsync(() => host.Log.All.Count() == 3, Cancelled);

        Assert.Same(kept, host.Backend("a"));
        Assert.Equal(["c", "a"], host.Available);
        Assert.Equal(BackendState.Healthy, kept.State);
        Assert.Equal((1, 1), (host.Probes.CountOf("a"), host.Probes.CountOf("c")));
        Assert.True(host.Monitor.FirstProbesDone);

        // The loop of the removed backend has ended.
        await ProbedAsync(host, 2);
        Assert.Equal(1, host.Probes.CountOf("b"));
    }

    [Fact]
    public async Task Reload_BackendAdded_StaysReadyWhileItsFirstProbeIsInFlight()
    {
        await using var host = await ProbingHost.StartAsync(Two, probes => probes.NeverRespond("c"));
        await Eventually.TrueAsync(() => host.Monitor.FirstProbesDone, Cancelled);

        await host.ReloadAsync("""{ "Backends": ["http://a", "http://b", "http://c"] }""");

        Assert.Contains("c", host.Available);
        Assert.True(host.Monitor.FirstProbesDone);
    }

    [Fact]
    public async Task Reload_AddressChanges_VerdictStartsAnew()
    {
        await using var host = await ProbingHost.StartAsync(
            """{ "Backends": [{ "Name": "one", "Address": "http://old" }] }""",
            probes => { probes.Respond("old", HttpStatusCode.ServiceUnavailable); probes.NeverRespond("new"); });
        await Eventually.TrueAsync(() => host.Backend("one").State == BackendState.Unhealthy, Cancelled);

        await host.ReloadAsync("""{ "Backends": [{ "Name": "one", "Address": "http://new" }] }""");

        Assert.Equal(BackendState.Unknown, host.Backend("one").State);
        Assert.Equal(["one"], host.Available);
        await Eventually.TrueAsync(() => host.Probes.CountOf("new") == 1, Cancelled);
        Assert.Equal(1, host.Probes.CountOf("old"));
    }

    [Fact]
    public async Task Reload_ProbingOffAndOn_StopsAndStartsTheLoops()
    {
        await using var host = await ProbingHost.StartAsync(Two, probes => probes.Respond("b", HttpStatusCode.ServiceUnavailable));
        await Eventually.TrueAsync(() => host.Available.SequenceEqual(["a"]), Cancelled);

        await host.ReloadAsync("""{ "Backends": ["http://a", "http://b"], "LoadBalancer": { "Health": { "Active": { "Enabled": false } } } }""");
        Assert.Equal(["a", "b"], host.Available);
        Assert.Equal(BackendState.Unknown, host.Backend("a").State);

        await host.ReloadAsync(Two);
        await Eventually.TrueAsync(() => host.Available.SequenceEqual(["a"]), Cancelled);
    }

    [Fact]
    public async Task Reload_ClusterRemoved_ItsLoopsEnd()
    {
        await using var host = await ProbingHost.StartAsync(Two);
        await Eventually.TrueAsync(() => host.Monitor.FirstProbesDone, Cancelled);

        await host.ReloadAsync("""{ "ReverseProxy": { "Clusters": { "other": { "Destinations": { "x": { "Address": "http://x" } } } } } }""");
        await Eventually.TrueAsync(() => host.Probes.CountOf("x") == 1, Cancelled);
        await ProbedAsync(host, 1);

        Assert.Equal((1, 1), (host.Probes.CountOf("a"), host.Probes.CountOf("b")));
    }

    [Fact]
    public async Task ProbeSoon_KnownBackend_IsProbedBeforeTheInterval()
    {
        await using var host = await ProbingHost.StartAsync(Two);
        await host.Time.TimerAsync(0.1, Cancelled);
        await host.Time.TimerAsync(0.1, Cancelled); // both have been probed, and wait for the shortest time between two probes

        host.Monitor.ProbeSoon(host.Backend("b"));
        host.Time.Advance(0.1);

        await Eventually.TrueAsync(() => host.Probes.CountOf("b") == 2, Cancelled);
        Assert.Equal(1, host.Probes.CountOf("a"));
    }

    // Advances the fake time until there have been this many more probes.
    private static Task ProbedAsync(ProbingHost host, int probes)
    {
        var wanted = host.Probes.Requests.Count + probes;
        return Eventually.TrueAsync(
            () =>
            {
                if (host.Probes.Requests.Count >= wanted)
                    return true;
                host.Time.Advance(0.2);
                return false;
            },
            Cancelled,
            $"{wanted} probes were sent");
    }
}
