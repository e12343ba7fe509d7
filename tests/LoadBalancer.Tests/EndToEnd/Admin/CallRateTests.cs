using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class CallRateTests
{
    [Fact]
    public async Task Calls_MoreThanAllowed_AreRefusedButProbesAndScrapesAreNot()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var balancer = await LoadBalancerProcess.StartAsync(
            ["http://127.0.0.1:1"],
            cancel,
            "--Admin:CallsPerSecond", "1",
            "--Admin:Token", "a-token-of-16-letters");

        // Wrong tokens count as well: the third is not even compared.
        Assert.Equal(HttpStatusCode.Unauthorized, (await balancer.CallAsync("GET", "/api/backends", null, ("Authorization", "Bearer guess"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await balancer.CallAsync("GET", "/api/backends")).Status);
        await Eventually.TrueAsync(async () => (await balancer.CallAsync("GET", "/api/backends")).Status == HttpStatusCode.TooManyRequests, cancel);

        Assert.Equal(HttpStatusCode.OK, (await balancer.Admin.GetAsync("/health", cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await balancer.Admin.GetAsync("/metrics", cancel)).StatusCode);
    }
}
