using System.Net;
using System.Net.Http.Json;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class AvailabilityTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackendDown_AtStart_IsSkippedUntilItComes()
    {
        var refusing = new RefusingPort();
        await using var up = await FlaskServer.StartAsync("server-2", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(("server-1", refusing.Url), ("server-2", up.Url)), .. BackendArguments.QuickProbes],
            environment: null,
            Cancelled);
        Assert.Equal(["server-2", "server-2", "server-2"], await NamesAsync(balancer, 3));

        var port = refusing.Port;
        refusing.Dispose();
        await using var late = await FlaskServer.StartAsync("server-1", Cancelled, port);
        await balancer.StateChangedAsync("server-1", ["is down", "is up"], Cancelled);

        Assert.Equal(["server-1", "server-2"], (await NamesAsync(balancer, 2)).Order());
        Assert.Equal(["is up"], balancer.StateChanges("server-2"));
    }

    [Fact]
    public async Task AllDown_Request_Gets503UntilOneReturns()
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled);
        using var refusing = new RefusingPort();
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(("server-1", backend.Url), ("server-2", refusing.Url)), .. BackendArguments.QuickProbes],
            environment: null,
            Cancelled);

        backend.HealthStatus = 500;
        await balancer.StateChangedAsync("server-1", ["is up", "is down"], Cancelled);
        using var response = await balancer.Client.GetAsync("/", Cancelled);
        await ProblemAssert.IsAsync(503, response, Cancelled);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Empty(backend.Requests);

        backend.HealthStatus = 200;
        await balancer.StateChangedAsync("server-1", ["is up", "is down", "is up"], Cancelled);
        Assert.Equal("server-1", await balancer.Client.GetStringAsync("/", Cancelled));
    }

    [Fact]
    public async Task HealthTurnsRed_FlaskBackend_IsSkippedAndComesBack()
    {
        var servers = await FlaskServer.StartManyAsync(2, Cancelled);
        await using var cleanup = new Disposables(servers);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(servers), .. BackendArguments.QuickProbes],
            environment: null,
            Cancelled);
        using var client = new HttpClient();

        await client.PostAsJsonAsync(servers[0].Url + "/fault", new { healthy = false }, Cancelled);
        await balancer.StateChangedAsync("server-1", ["is up", "is down"], Cancelled);
        Assert.Equal("unhealthy", (string?)(await balancer.BackendAsync("server-1", Cancelled))["state"]);
        Assert.Equal(["server-2", "server-2", "server-2"], await NamesAsync(balancer, 3));

        await client.DeleteAsync(servers[0].Url + "/fault", Cancelled);
        await balancer.StateChangedAsync("server-1", ["is up", "is down", "is up"], Cancelled);
        Assert.Equal(["server-1", "server-2"], (await NamesAsync(balancer, 2)).Order());
    }

    [Fact]
    public async Task StateChanges_ManyProbes_AreLoggedOnceEach()
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(("server-1", backend.Url)), .. BackendArguments.QuickProbes], environment: null, Cancelled);

        foreach (var status in new[] { 200, 503, 204, 404 })
        {
            backend.HealthStatus = status;
            var before = backend.Probes.Count;
            await Eventually.TrueAsync(() => backend.Probes.Count >= before + 5, Cancelled);
        }

        await balancer.StateChangedAsync("server-1", ["is up", "is down", "is up", "is down"], Cancelled);
        Assert.Contains("is down: status 503", balancer.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_WhileRequestsFlow_UseConnectionsOfTheirOwn()
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(("server-1", backend.Url)), .. BackendArguments.QuickProbes], environment: null, Cancelled);

        await Eventually.TrueAsync(
            async () =>
            {
                await balancer.Client.GetStringAsync("/", Cancelled);
                return backend.Probes.Count >= 5;
            },
            Cancelled,
            "five probes came while requests flowed");

        var probes = backend.Probes.Select(request => request.Connection).ToList();
        Assert.Equal(probes.Count, probes.Distinct().Count());
        Assert.Empty(probes.Intersect(backend.Requests.Select(request => request.Connection)));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(300_000)] // more than is buffered for a retry
    public async Task Post_FirstBackendRefuses_ArrivesWholeAndOnceAtTheOther(int length)
    {
        using var refusing = new RefusingPort();
        await using var backend = await TestBackend.StartAsync("server-2", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(("server-1", refusing.Url), ("server-2", backend.Url)), "--LoadBalancer:Health:Active:Enabled", "false"],
            environment: null,
            Cancelled);
        var body = new byte[length];
        new Random(length).NextBytes(body);

        using var response = await balancer.Client.PostAsync("/orders?id=1", new ByteArrayContent(body), Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = Assert.Single(backend.Requests);
        Assert.Equal(("POST", "/orders"), (seen.Method, seen.Path));
        Assert.Equal(body, seen.Body);
        var refused = await balancer.BackendAsync("server-1", Cancelled);
        Assert.Equal((1, 1, 1), ((int)refused["requests"]!, (int)refused["failures"]!, (int)refused["retries"]!));
    }

    [Fact]
    public async Task OneOfTwoRefuses_NothingWatched_IsMetByEverySecondRequestOnly()
    {
        using var refusing = new RefusingPort();
        await using var backend = await TestBackend.StartAsync("server-2", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. BackendArguments.Of(
                ("server-1", refusing.Url),
                ("server-2", backend.Url)), "--LoadBalancer:Health:Active:Enabled", "false", "--LoadBalancer:Health:Passive:Enabled", "false"],
            environment: null, Cancelled);

        for (var i = 0; i < 20; i++)
            Assert.Equal("server-2", await balancer.Client.GetStringAsync("/", Cancelled));

        Assert.Equal(10, (int)(await balancer.BackendAsync("server-1", Cancelled))["requests"]!);
        Assert.Equal(20, backend.Requests.Count);
    }

    private static async Task<List<string>> NamesAsync(LoadBalancerProcess balancer, int count)
    {
        var names = new List<string>();
        for (var i = 0; i < count; i++)
            names.Add((await balancer.Client.GetStringAsync("/", Cancelled)).Split(' ')[2]);
        return names;
    }
}
