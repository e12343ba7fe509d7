using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>
/// No request fails that could have been served. Each scenario sends a few thousand requests; <c>FAULT_REQUESTS</c> sets another number
/// (docs/faults.md has a full run).
/// </summary>
public class FaultTests
{
    private static readonly string[] Settings =
        ["--LoadBalancer:Health:Active:Path", "/health", "--LoadBalancer:Health:Active:Interval", "00:00:01", "--LoadBalancer:Retry:PerAttemptTimeout", "00:00:02"];

    private static long Requests => long.Parse(Environment.GetEnvironmentVariable("FAULT_REQUESTS") ?? "3000", CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_OneThenFourOfFiveKilled_NoneFails()
    {
        var servers = await FlaskServer.StartManyAsync(5, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled, Settings);
        await using var load = Load.Gets(balancer);
        await load.MoreAsync(Requests / 3, Cancelled);

        servers[0].Process.Signal("KILL");
        await load.MoreAsync(Requests / 3, Cancelled);
        foreach (var server in servers[1..4])
            server.Process.Signal("KILL");
        await load.MoreAsync(Requests / 3, Cancelled);
        await load.StopAsync();

        Assert.Empty(load.Failures);
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task Get_OneStopped_NoneFails()
    {
        var servers = await FlaskServer.StartManyAsync(3, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled, Settings);
        await using var load = Load.Gets(balancer);
        await load.MoreAsync(Requests / 3, Cancelled);

        servers[0].Process.Signal("STOP");
        await balancer.BackendIsAsync(servers[0].Url["http://".Length..], "unhealthy", Cancelled);
        await load.MoreAsync(Requests / 3, Cancelled);
        servers[0].Process.Signal("CONT");
        await balancer.BackendIsAsync(servers[0].Url["http://".Length..], "healthy", Cancelled);
        await load.MoreAsync(Requests / 3, Cancelled);
        await load.StopAsync();

        Assert.Empty(load.Failures);
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Theory]
    [InlineData(nameof(Fault.Reset))]
    [InlineData(nameof(Fault.ThirtyPercent503))]
    [InlineData(nameof(Fault.ClosesKeptConnections))]
    public async Task Get_OneOfThreeFaulty_NoneFails(string fault)
    {
        await using var good = await EchoServers.StartAsync(2, Cancelled);
        await using var faulty = FaultyServer.Start(Enum.Parse<Fault>(fault));
        await using var balancer = await LoadBalancerProcess.StartAsync([.. good.Urls, faulty.Url], Cancelled, Settings);
        await using var load = Load.Gets(balancer, Requests);
        await load.AllAsync();

        Assert.Empty(load.Failures);
        Assert.Equal(Requests, load.Succeeded);
        Assert.True(faulty.Requests > 0);
    }

    [Fact]
    public async Task Get_FlakyOrClosingBackend_KeepsItsShare()
    {
        await using var good = await EchoServers.StartAsync(1, Cancelled);
        await using var flaky = FaultyServer.Start(Fault.ThirtyPercent503);
        await using var closing = FaultyServer.Start(Fault.ClosesKeptConnections);
        await using var balancer = await LoadBalancerProcess.StartAsync([.. good.Urls, flaky.Url, closing.Url], Cancelled, Settings);
        await using var load = Load.Gets(balancer, Requests);
        await load.AllAsync();

        Assert.Empty(load.Failures);
        Assert.InRange(flaky.Requests, Requests * 0.25, Requests * 0.45);
        Assert.InRange(closing.Requests, Requests * 0.25, Requests * 0.5);
    }

    [Fact]
    public async Task Post_ThroughFaults_IsNeverExecutedTwiceAndEveryFailureIsReported()
    {
        var servers = await FlaskServer.StartManyAsync(4, Cancelled);
        await using var faulty = FaultyServer.Start(Fault.Reset);
        await using var balancer = await LoadBalancerProcess.StartAsync([.. servers.Select(server => server.Url), faulty.Url], Cancelled, Settings);
        await using var load = Load.Posts(balancer, Requests);
        await load.MoreAsync(Requests / 4, Cancelled);
        servers[0].Process.Signal("STOP");
        await load.MoreAsync(Requests / 4, Cancelled);
        servers[0].Process.Signal("CONT");
        await load.AllAsync();

        var executions = await ExecutionsAsync(servers);
        Assert.All(executions, execution => Assert.Equal(1, execution.Value));
        Assert.All(load.SucceededIds, id => Assert.True(executions.ContainsKey(id)));
        Assert.True(load.Succeeded >= Requests / 2, $"{load.Succeeded} of {Requests} succeeded");
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task Get_AllAnswer503_AttemptsStayWithinTheBudget()
    {
        await using var one = FaultyServer.Start(Fault.Always503);
        await using var two = FaultyServer.Start(Fault.Always503);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [one.Url, two.Url], Cancelled,
            [.. Settings, "--LoadBalancer:Retry:BudgetMinPerSecond", "0", "--LoadBalancer:Health:Passive:Enabled", "false"]);
        await using var load = Load.Gets(balancer, Requests);
        await load.AllAsync();

        Assert.Equal(0, load.Succeeded);
        Assert.InRange(one.Requests + two.Requests, Requests, Requests * 1.2);
    }

    [Fact]
    public async Task Get_AllGone_503AtOnceAndServedAgainWithinADownInterval()
    {
        var server = await FlaskServer.StartAsync("server-1", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([server.Url], Cancelled, Settings);
        await server.DisposeAsync();

        using var gone = await balancer.Client.GetAsync("/", Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, gone.StatusCode);
        Assert.NotNull(gone.Headers.RetryAfter);
        Assert.Equal("application/problem+json", gone.Content.Headers.ContentType?.MediaType);

        await using var back = await FlaskServer.StartAsync("server-1", Cancelled, server.Port);
        await Eventually.TrueAsync(async () => (await balancer.Client.GetAsync("/", Cancelled)).IsSuccessStatusCode, Cancelled);
    }

    private static async Task<Dictionary<long, int>> ExecutionsAsync(IEnumerable<FlaskServer> servers)
    {
        var executions = new Dictionary<long, int>();
        using var client = new HttpClient();
        foreach (var server in servers)
        {
            var counts = JsonNode.Parse(await client.GetStringAsync(new Uri(server.Url + "/once"), Cancelled))!.AsObject();
            foreach (var (id, count) in counts)
            {
                var key = long.Parse(id, CultureInfo.InvariantCulture);
                executions[key] = executions.GetValueOrDefault(key) + (int)count!;
            }
        }

        return executions;
    }
}
