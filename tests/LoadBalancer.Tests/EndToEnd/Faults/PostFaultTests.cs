using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>A POST without Idempotency-Key is never executed twice, and one that was not executed is reported as failed.</summary>
[Collection(FaultRun.Name)]
public class PostFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_ThroughEveryFault_IsReceivedOnceAtMostAndEveryFailureIsReported()
    {
        var servers = await FlaskServer.StartManyAsync(3, Cancelled);
        await using var cleanup = new Disposables(servers);
        FaultyServer[] faulty = [.. Enum.GetValues<Fault>().Where(fault => fault != Fault.Always503).Select(FaultyServer.Start)];
        await using var cleanupOfFaulty = new Disposables(faulty);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [.. servers.Select(server => server.Url), .. faulty.Select(server => server.Url)], Cancelled, FaultRun.Settings);
        await using var load = Load.Posts(balancer, FaultRun.Posts);
        await load.MoreAsync(FaultRun.Posts / 4, Cancelled);
        servers[0].Process.Signal("STOP");
        await load.MoreAsync(FaultRun.Posts / 4, Cancelled);
        servers[0].Process.Signal("CONT");
        var atTheKilled = await ExecutionsAsync(servers[1]);
        servers[1].Process.Signal("KILL");
        await load.AllAsync();

        var received = Sum(
            [.. faulty.Select(server => server.Received), await ExecutionsAsync(servers[0]), atTheKilled, await ExecutionsAsync(servers[2])]);
        Assert.All(received, execution => Assert.Equal(1, execution.Value));
        var lost = load.SucceededIds.Where(id => !received.ContainsKey(Path(id))).ToList();

        // What the killed server executed after the last query is unknown.
        Assert.InRange(lost.Count, 0, FaultRun.Posts / 10);
        Assert.Equal(FaultRun.Posts, load.Succeeded + load.Failed);
        Assert.True(load.Succeeded >= FaultRun.Posts / 2, $"{load.Succeeded} of {FaultRun.Posts} succeeded");
    }

    [Fact]
    public async Task Post_BackendsCloseKeptConnections_IsReceivedOnceAndHardlyEverFails()
    {
        await using var one = FaultyServer.Start(Fault.ClosesKeptConnections);
        await using var two = FaultyServer.Start(Fault.ClosesKeptConnections);
        await using var balancer = await LoadBalancerProcess.StartAsync([one.Url, two.Url], Cancelled, FaultRun.Settings);
        await using var load = Load.Posts(balancer, FaultRun.Posts);
        await load.AllAsync();

        var received = Sum([one.Received, two.Received]);
        Assert.All(received, execution => Assert.Equal(1, execution.Value));
        Assert.All(load.SucceededIds, id => Assert.True(received.ContainsKey(Path(id))));
        Assert.Equal(FaultRun.Posts, load.Succeeded + load.Failed);

        // A request that is in the server's socket when the server closes it has been acknowledged: whether it was executed is unknown.
        Assert.InRange(load.Failed, 0, FaultRun.Posts / 20);
    }

    private static string Path(long id) => $"/once/{id}";

    private static Dictionary<string, int> Sum(IEnumerable<IReadOnlyDictionary<string, int>> counts) =>
        counts.SelectMany(count => count).GroupBy(one => one.Key).ToDictionary(group => group.Key, group => group.Sum(one => one.Value));

    private static async Task<Dictionary<string, int>> ExecutionsAsync(FlaskServer server)
    {
        using var client = new HttpClient();
        var counts = JsonNode.Parse(await client.GetStringAsync(new Uri(server.Url + "/once"), Cancelled))!.AsObject();
        return counts.ToDictionary(one => "/once/" + one.Key, one => (int)one.Value!);
    }
}
