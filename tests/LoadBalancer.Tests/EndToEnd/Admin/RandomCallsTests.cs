using System.Net;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(EndToEndCollection.Name)]
public sealed class RandomCallsTests
{
    private const int Calls = 10_000;
    private const int Seed = 20_261;
    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_ValidAndInvalidAtOnce_FailNoProxiedRequest()
    {
        await using var servers = await EchoServers.StartAsync(3, Cancel);
        var backends = servers.Urls.Select((url, i) => new[] { $"--Backends:{i}:Name", $"server-{i + 1}", $"--Backends:{i}:Address", url }).SelectMany(pair => pair);
        await using var balancer = await LoadBalancerProcess.StartAsync([.. backends, "--Admin:CallsPerSecond", "0", "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:AspireLB.LoadBalancer.Administering.AdminServer", "Information", "--Logging:LogLevel:AspireLB.LoadBalancer.Observing.ListeningNotice", "Information"], environment: null, Cancel);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var traffic = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SendUntilAsync(balancer, done.Token)));

        var next = 0;
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
#pragma warning disable RS0030 // A fixed seed makes the run repeatable.
            var random = new Random(Seed + worker);
#pragma warning restore RS0030
            var seen = new Dictionary<HttpStatusCode, int>();
            while (Interlocked.Increment(ref next) <= Calls)
            {
                var status = await CallAsync(balancer, random);
                seen[status] = seen.GetValueOrDefault(status) + 1;
            }

            return seen;
        }));
        await done.CancelAsync();

        var requests = (await traffic).Sum();
        Assert.InRange(requests, 1, int.MaxValue);
        var all = statuses.SelectMany(seen => seen).GroupBy(seen => seen.Key).ToDictionary(group => group.Key, group => group.Sum(seen => seen.Value));
        Assert.Equal(Calls, all.Values.Sum());
        Assert.Contains(HttpStatusCode.OK, all.Keys);
        Assert.Contains(HttpStatusCode.BadRequest, all.Keys);
        Assert.DoesNotContain(all.Keys, status => (int)status >= 500);
    }

    // server-1 is left alone, so that there is always somebody to serve.
    private static async Task<HttpStatusCode> CallAsync(LoadBalancerProcess balancer, Random random)
    {
        var server = $"server-{random.Next(2, 6)}";
        (string Method, string Path, string? Body) call = random.Next(14) switch
        {
            0 => ("GET", "/api/backends", null),
            1 => ("GET", "/api/clusters/backends", null),
            2 => ("GET", "/api/routes", null),
            3 => ("GET", "/api/config", null),
            4 => ("GET", $"/api/explain?path={Uri.EscapeDataString(Junk(random))}", null),
            5 => ("POST", $"/api/backends/backends/{server}/drain", null),
            6 => ("POST", $"/api/backends/backends/{server}/enable", null),
            7 => ("PATCH", $"/api/backends/backends/{server}", $$"""{"weight":{{random.Next(-2, 1010)}}}"""),
            8 => ("PATCH", $"/api/backends/backends/{server}", Junk(random)),
            9 => ("PATCH", "/api/backends", $$"""{"select":[{"cluster":"*","name":"{{server}}"}],"state":"{{(random.Next(2) == 0 ? "disabled" : "active")}}"}"""),
            10 => ("POST", "/api/backends/backends", $$"""{"name":"{{server}}","address":"http://127.0.0.1:1","weight":1}"""),
            11 => ("DELETE", $"/api/backends/{(random.Next(2) == 0 ? "backends" : "none")}/server-{random.Next(4, 6)}", null),
            12 => ("POST", "/api/config/validate", Junk(random)),
            _ => (random.GetItems(Methods, 1)[0], "/" + Uri.EscapeDataString(Junk(random)), Junk(random)),
        };
        using var request = new HttpRequestMessage(new(call.Method), call.Path);
        if (call.Body is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await balancer.Admin.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static string Junk(Random random)
    {
        const string Letters = "{}[]\":,0123456789abc/\\?%&=é\u0001 ";
        return new([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Letters[random.Next(Letters.Length)])]);
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
