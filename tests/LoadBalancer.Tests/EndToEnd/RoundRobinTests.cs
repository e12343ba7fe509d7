using System.Net;

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

    /// <remarks>
    /// No backend responds before all requests have arrived, so that all are in flight at once. The client uses HTTP/2: with one connection per
    /// request on both sides the balancer would need more descriptors than a process usually may have.
    /// </remarks>
    [Fact]
    public async Task TenThousandRequestsAtOnce_FiveServers_EachGetsTwoThousand()
    {
        const int Requests = 10_000;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var servers = await EchoServers.StartAsync(5, Cancelled, request =>
        {
            if (request.Path != "/together")
                return Task.CompletedTask;
            if (Interlocked.Increment(ref arrived) == Requests)
                all.SetResult();
            return all.Task;
        });
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancelled,
            "--Kestrel:EndpointDefaults:Protocols", "Http2",
            "--LoadBalancer:Timeouts:Connect", "00:01:00",
            "--LoadBalancer:Timeouts:ResponseHead", "00:05:00");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true })
        {
            BaseAddress = balancer.Url,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(5),
        };

        var names = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => client.GetStringAsync("/together", Cancelled)));

        Assert.Equal(["server-1", "server-2", "server-3", "server-4", "server-5"], names.Distinct().Order());
        Assert.All(names.CountBy(name => name), share => Assert.Equal(Requests / 5, share.Value));
    }
}
