using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class RouteAuthorizationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_RouteWithAnAuthorizationPolicy_NeverReachesTheBackend(bool isOnlyRoute)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await TestBackend.StartAsync("one", cancellation);
        List<string> arguments =
        [
            "--ReverseProxy:Clusters:c:Destinations:d:Address", backend.Url,
            "--ReverseProxy:Routes:closed:ClusterId", "c", "--ReverseProxy:Routes:closed:AuthorizationPolicy", "default",
            "--ReverseProxy:Routes:closed:Match:Path", isOnlyRoute ? "/{**rest}" : "/closed/{**rest}",
        ];
        if (!isOnlyRoute)
            arguments.AddRange(["--ReverseProxy:Routes:open:ClusterId", "c", "--ReverseProxy:Routes:open:Match:Path", "/open/{**rest}"]);
        await using var balancer = await LoadBalancerProcess.StartAsync(arguments, null, cancellation);

        using var closed = await balancer.Client.GetAsync("/closed/x", cancellation);
        Assert.False(closed.IsSuccessStatusCode);
        Assert.DoesNotContain(backend.Requests, request => request.Path.StartsWith("/closed", StringComparison.Ordinal));
        if (isOnlyRoute)
            return;

        using var open = await balancer.Client.GetAsync("/open/x", cancellation);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }
}
