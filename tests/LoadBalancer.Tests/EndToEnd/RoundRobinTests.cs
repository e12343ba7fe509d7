namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class RoundRobinTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TenRequests_FiveServers_EachAnswersTwiceInOrder()
    {
        var servers = await FlaskServer.StartManyAsync(5, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Select(server => server.Url), Cancelled);

        var answers = new List<string>();
        for (var i = 0; i < 10; i++)
            answers.Add(await balancer.Client.GetStringAsync("/", Cancelled));

        Assert.Equal(servers.Concat(servers).Select(server => $"Hello from {server.Name} running on port {server.Port}!"), answers);
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task TenThousandConcurrentRequests_FiveServers_EachGetsTwoThousand()
    {
        await using var servers = await EchoServers.StartAsync(5, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled);

        var names = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancelled },
            async (_, cancelled) => names.Add(await balancer.Client.GetStringAsync("/", cancelled)));

        Assert.All(names.CountBy(name => name), share => Assert.Equal(2_000, share.Value));
        Assert.Equal(5, names.Distinct().Count());
    }
}
