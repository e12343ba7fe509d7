using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>Every request that could be served succeeds.</summary>
[Collection(FaultRun.Name)]
public class FaultTests
{
    private static long Requests => FaultRun.Requests;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_OneThenFourOfFiveKilled_NoneFails()
    {
        var servers = await FlaskServer.StartManyAsync(5, Cancelled);
        await using var cleanup = new Disposables(servers);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled, FaultRun.Settings);
        await using var load = Load.Gets(balancer);
        await load.MoreAsync(Requests / 3, Cancelled);

        servers[0].Process.Signal("KILL");
        await load.MoreAsync(Requests / 3, Cancelled);
        foreach (var server in servers[1..4])
            server.Process.Signal("KILL");
        await load.MoreAsync(Requests / 3, Cancelled);
        await load.StopAsync();

        Assert.Empty(load.Failures);
        Assert.True(load.Succeeded >= Requests / 3 * 3, $"only {load.Succeeded} requests were made");
    }

    [Fact]
    public async Task Get_OneStopped_NoneFails()
    {
        var servers = await FlaskServer.StartManyAsync(3, Cancelled);
        await using var cleanup = new Disposables(servers);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled, FaultRun.Settings);
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
        Assert.True(load.Succeeded >= Requests / 3 * 3, $"only {load.Succeeded} requests were made");
    }

    [Theory]
    [InlineData(nameof(Fault.Reset))]
    [InlineData(nameof(Fault.ThirtyPercent503))]
    [InlineData(nameof(Fault.ClosesKeptConnections))]
    [InlineData(nameof(Fault.ClosesIdleConnections))]
    public async Task Get_OneOfThreeFaulty_NoneFails(string fault)
    {
        await using var good = await EchoServers.StartAsync(2, Cancelled);
        await using var faulty = FaultyServer.Start(Enum.Parse<Fault>(fault));
        await using var balancer = await LoadBalancerProcess.StartAsync([.. good.Urls, faulty.Url], Cancelled, FaultRun.Settings);
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
        await using var balancer = await LoadBalancerProcess.StartAsync([.. good.Urls, flaky.Url, closing.Url], Cancelled, FaultRun.Settings);
        await using var load = Load.Gets(balancer, Requests);
        await load.AllAsync();

        Assert.Empty(load.Failures);
        Assert.InRange(flaky.Requests, Requests * 0.25, Requests * 0.45);
        Assert.InRange(closing.Requests, Requests * 0.25, Requests * 0.5);
    }

    [Fact]
    public async Task Get_AllAnswer503_AttemptsStayWithinTheBudget()
    {
        await using var one = FaultyServer.Start(Fault.Always503);
        await using var two = FaultyServer.Start(Fault.Always503);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [one.Url, two.Url], Cancelled,
            [.. FaultRun.Settings, "--LoadBalancer:Retry:BudgetMinPerSecond", "0", "--LoadBalancer:Health:Passive:Enabled", "false"]);
        await using var load = Load.Gets(balancer, Requests);
        await load.AllAsync();

        Assert.Equal(0, load.Succeeded);
        Assert.InRange(one.Requests + two.Requests, Requests, Requests * 1.2);
    }

    [Fact]
    public async Task Get_AllGone_503AtOnceAndServedAgainWithinADownInterval()
    {
        var server = await FlaskServer.StartAsync("server-1", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([server.Url], Cancelled, FaultRun.Settings);
        await server.DisposeAsync();

        using var gone = await balancer.Client.GetAsync("/", Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, gone.StatusCode);
        Assert.NotNull(gone.Headers.RetryAfter);
        Assert.Equal("application/problem+json", gone.Content.Headers.ContentType?.MediaType);

        await using var back = await FlaskServer.StartAsync("server-1", Cancelled, server.Port);
        await Eventually.TrueAsync(async () => (await balancer.Client.GetAsync("/", Cancelled)).IsSuccessStatusCode, Cancelled);
    }
}
