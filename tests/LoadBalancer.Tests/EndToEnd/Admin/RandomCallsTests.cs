using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class RandomCallsTests
{
    private const int Calls = 10_000;
    private const int Seed = 20_261;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_ValidAndInvalidAtOnce_FailNoProxiedRequest()
    {
        await using var servers = await EchoServers.StartAsync(3, Cancel);
        var backends = servers.Urls.Select(
            (url, i) => new[] { $"--Backends:{i}:Name", $"server-{i + 1}", $"--Backends:{i}:Address", url }).SelectMany(pair => pair);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [
                .. backends,
                "--Admin:CallsPerSecond", "0",
                "--Logging:LogLevel:Default", "Warning",
                "--Logging:LogLevel:AspireLB.LoadBalancer.Administering.AdminServer",
                "Information",
                "--Logging:LogLevel:AspireLB.LoadBalancer.Observing.ListeningNotice",
                "Information",
            ],
            environment: null,
            Cancel);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var traffic = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SendUntilAsync(balancer, done.Token)));

        var calls = new RandomCalls(balancer.Admin, servers.Urls.First());
        var next = 0;
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
#pragma warning disable RS0030 // A fixed seed makes the run repeatable.
            var random = new Random(Seed + worker);
#pragma warning restore RS0030
            var seen = new Dictionary<HttpStatusCode, int>();
            while (Interlocked.Increment(ref next) <= Calls)
            {
                var status = await calls.SendAsync(random, Cancel);
                seen[status] = seen.GetValueOrDefault(status) + 1;
            }

            return seen;
        }));
        await done.CancelAsync();

        var requests = (await traffic).Sum();
        Assert.InRange(requests, 1, int.MaxValue);
        var all = statuses.SelectMany(seen => seen).GroupBy(seen => seen.Key).ToDictionary(
            group => group.Key,
            group => group.Sum(seen => seen.Value));
        Assert.Equal(Calls, all.Values.Sum());
        HttpStatusCode[] expected =
        [
            HttpStatusCode.OK,
            HttpStatusCode.Created,
            HttpStatusCode.NoContent,
            HttpStatusCode.BadRequest,
            HttpStatusCode.NotFound,
            HttpStatusCode.MethodNotAllowed,
            HttpStatusCode.Conflict, HttpStatusCode.PreconditionFailed, HttpStatusCode.UnprocessableEntity,
        ];
        Assert.Empty(expected.Except(all.Keys));
        var byStatus = string.Join(", ", all.OrderBy(status => status.Key).Select(status => $"{(int)status.Key}: {status.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{requests} proxied requests, none failed; calls by status: {byStatus}");
        Assert.DoesNotContain(all.Keys, status => (int)status >= 500);
    }

    private static async Task<int> SendUntilAsync(LoadBalancerProcess balancer, CancellationToken done)
    {
        var sent = 0;
        for (; !done.IsCancellationRequested; sent++)
        {
            using var response = await balancer.Client.GetAsync("/", Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        return sent;
    }
}
