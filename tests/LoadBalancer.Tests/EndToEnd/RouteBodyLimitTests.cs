using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class RouteBodyLimitTests
{
    /// <summary>Bodies buffered for a retry are read before the request is forwarded; the limit applies to them as well.</summary>
    [Fact]
    public async Task Post_BodyOverTheRoutesLimit_Is413AndNeverReachesTheBackend()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await TestBackend.StartAsync("one", cancellation);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [
                "--ReverseProxy:Clusters:c:Destinations:d:Address", backend.Url,
                "--ReverseProxy:Routes:r:ClusterId", "c",
                "--ReverseProxy:Routes:r:Match:Path", "/{**rest}",
                "--ReverseProxy:Routes:r:MaxRequestBodySize", "1000",
            ],
            null,
            cancellation);

        using var large = await balancer.Client.PostAsync("/", new ByteArrayContent(new byte[1001]), cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal("application/problem+json", large.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(backend.Requests, request => request.Method == "POST");

        using var small = await balancer.Client.PostAsync("/", new ByteArrayContent(new byte[1000]), cancellation);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
    }
}
