using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Retrying;

[Collection(EndToEndCollection.Name)]
public class HedgedRequestsTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    /// <summary>Every third request should meet the hanging backend: some 150 are enough for 50.</summary>
    private const int MostSent = 5_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // The hanging backend never responds: responses during its turns come from the second attempt.
    [Fact]
    public async Task Get_OneOfThreeHangs_AllAreAnsweredByTheOthersAndNothingIsLeftBehind()
    {
        await using var hanging = await SlowServer.StartAsync(Never, Cancelled);
        await using var one = await SlowServer.StartAsync(TimeSpan.Zero, Cancelled);
        await using var two = await SlowServer.StartAsync(TimeSpan.Zero, Cancelled);
        await using var balancer = await StartAsync([hanging, one, two], "--LoadBalancer:Retry:BudgetPercent", "100");

        // On a busy machine another backend may be late and hedged too, so continue until the hanging one has had its turns.
        var sent = 0;
        while (hanging.Requests < 50)
        {
            Assert.True(sent < MostSent, $"of {sent} requests only {hanging.Requests} went to the hanging backend first");
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancelled };
            await Parallel.ForAsync(sent, sent + 50, parallel, async (i, cancel) =>
                Assert.Equal($"GET/{i}", await balancer.Client.GetStringAsync($"/{i}", cancel)));
            sent += 50;
        }

        await Eventually.TrueAsync(() => hanging.InFlight == 0 && hanging.Abandoned == hanging.Requests, Cancelled);
        var backends = await Task.WhenAll(
            new[] { hanging, one, two }.Select(server => balancer.BackendAsync(new Uri(server.Url).Authority, Cancelled)));
        Assert.All(
            backends,
            backend => Assert.Equal((0, 0, "unknown"), ((int)backend["inFlight"]!, (int)backend["failures"]!, (string?)backend["state"])));
        Assert.True(backends.Sum(backend => (int)backend["requests"]!) >= sent + hanging.Requests);
    }

    [Fact]
    public async Task Get_AllSlow_SecondAttemptsStayWithinTheBudget()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SlowServer.StartAsync(TimeSpan.FromMilliseconds(300), Cancelled)));
        await using var cleanup = new Disposables(servers);
        await using var balancer = await StartAsync(
            servers,
            "--LoadBalancer:Retry:BudgetPercent", "10",
            "--LoadBalancer:Retry:BudgetMinPerSecond", "0");

        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Cancelled }, async (i, cancel) =>
            Assert.Equal($"GET/{i}", await balancer.Client.GetStringAsync($"/{i}", cancel)));

        Assert.InRange(servers.Sum(server => server.Requests), 201, 220);
    }

    [Fact]
    public async Task Post_OneSlow_IsSentOnce()
    {
        await using var slow = await SlowServer.StartAsync(TimeSpan.FromMilliseconds(500), Cancelled);
        await using var fast = await SlowServer.StartAsync(TimeSpan.Zero, Cancelled);
        await using var balancer = await StartAsync([slow, fast]);

        using var response = await balancer.Client.PostAsync("/order", new StringContent("once"), Cancelled);

        Assert.Equal((HttpStatusCode.OK, "POST/order"), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal((1, 0), (slow.Requests, fast.Requests));
    }

    private static Task<LoadBalancerProcess> StartAsync(IEnumerable<SlowServer> servers, params string[] more) => LoadBalancerProcess.StartAsync(
        servers.Select(server => server.Url), Cancelled,
        [
            "--LoadBalancer:Health:Active:Enabled", "false",
            "--LoadBalancer:Retry:Hedge:Enabled", "true",
            "--LoadBalancer:Retry:Hedge:Delay", "00:00:00.050",
            .. more,
        ]);
}
