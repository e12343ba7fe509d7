using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

[Collection(FaultRun.Name)]
public class RollingRestartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_AllFiveRestartedOneAfterAnother_NoneFailsAndEachServesAgain()
    {
        var servers = await FlaskServer.StartManyAsync(5, Cancelled);
        await using var cleanup = new Disposables(servers);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled, FaultRun.Settings);
        await using var load = Load.CalmGets(balancer);

        for (var i = 0; i < servers.Length; i++)
        {
            await load.MoreAsync(FaultRun.Requests / servers.Length, Cancelled);
            servers[i].Process.Signal("TERM");
            Assert.Equal(0, await servers[i].Process.ExitCodeAsync(Cancelled));
            servers[i] = await FlaskServer.StartAsync(servers[i].Name, Cancelled, servers[i].Port);
            await balancer.BackendIsAsync(servers[i].Url["http://".Length..], "healthy", Cancelled);
        }

        await load.MoreAsync(FaultRun.Requests / servers.Length, Cancelled);
        await load.StopAsync();
        Assert.Empty(load.Failures);
        foreach (var server in servers)
            Assert.True(await ServedAsync(server) > 5, server.Name);
    }

    private static async Task<int> ServedAsync(FlaskServer server)
    {
        using var client = new HttpClient();
        return (int)JsonNode.Parse(await client.GetStringAsync(new Uri(server.Url + "/api/info"), Cancelled))!["requestsServed"]!;
    }
}
