using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Forwarded fields are trusted by the client's actual address, in AspireLB's data path and in YARP's.</summary>
[Collection(EndToEndCollection.Name)]
public class TrustedProxiesTests
{
    private const string Network = "127.0.8.0/24";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)] // forwarded by YARP
    public async Task ForwardedFields_OfATrustedPeer_AreKeptAndAddedTo_OfAnyOther_AreSetAnew(HttpProtocols protocol)
    {
        await using var backend = await TestBackend.StartAsync(
            "server-1",
            Cancelled,
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = protocol));
        await using var balancer = await StartAsync(backend, protocol);

        var trusted = await HeadersFromAsync("127.0.8.7");
        Assert.Equal("203.0.113.9, 127.0.8.7", trusted["X-Forwarded-For"]);
        Assert.Equal("https", trusted["X-Forwarded-Proto"]);
        Assert.Equal("shop.example", trusted["X-Forwarded-Host"]);
        Assert.Equal("/shop", trusted["X-Forwarded-Prefix"]);

        var other = await HeadersFromAsync("127.0.9.7");
        Assert.Equal("127.0.9.7", other["X-Forwarded-For"]);
        Assert.Equal("http", other["X-Forwarded-Proto"]);
        Assert.Equal(balancer.Url.Authority, other["X-Forwarded-Host"]);
        Assert.DoesNotContain("X-Forwarded-Prefix", other.Keys);

        async Task<IReadOnlyDictionary<string, string>> HeadersFromAsync(string address)
        {
            using var client = ClientAt(IPAddress.Parse(address));
            using var request = new HttpRequestMessage(HttpMethod.Get, balancer.Url)
            {
                Headers =
                {
                    { "X-Forwarded-For", "203.0.113.9" },
                    { "X-Forwarded-Proto", "https" },
                    { "X-Forwarded-Host", "shop.example" },
                    { "X-Forwarded-Prefix", "/shop" },
                },
            };
            backend.Forget();
            using var response = await client.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return Assert.Single(backend.Requests).Headers;
        }
    }

    [Fact]
    public async Task ForwardedFor_BehindAnotherBalancer_NamesTheClientAndIt()
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled);
        await using var inner = await LoadBalancerProcess.StartAsync(
            [backend.Url],
            Cancelled,
            "--LoadBalancer:ForwardedHeaders:TrustedProxies:0", "127.0.0.1");
        await using var outer = await LoadBalancerProcess.StartAsync([inner.Url.ToString()], Cancelled);
        using var client = ClientAt(IPAddress.Parse("127.0.9.7"));
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");

        await client.GetStringAsync(new Uri(outer.Url, "/orders"), Cancelled);

        var headers = Assert.Single(backend.Requests, request => request.Path == "/orders").Headers;
        Assert.Equal("127.0.9.7, 127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal(outer.Url.Authority, headers["X-Forwarded-Host"]);
    }

    private static Task<LoadBalancerProcess> StartAsync(TestBackend backend, HttpProtocols protocol) => LoadBalancerProcess.StartAsync(
        [
            "--ReverseProxy:Routes:all:ClusterId", "shop", "--ReverseProxy:Routes:all:Match:Path", "{**rest}",
            "--ReverseProxy:Clusters:shop:Destinations:server-1:Address", backend.Url,
            .. protocol == HttpProtocols.Http2
                ? [
                    "--ReverseProxy:Clusters:shop:HttpRequest:Version", "2",
                    "--ReverseProxy:Clusters:shop:HttpRequest:VersionPolicy", "RequestVersionExact",
                ]
                : Array.Empty<string>(),
            "--LoadBalancer:ForwardedHeaders:TrustedProxies:0", Network, "--LoadBalancer:Health:Active:Path", TestBackend.HealthPath,
        ],
        environment: null, Cancelled);

    /// <summary>A client with this address: all of 127.0.0.0/8 is local.</summary>
    private static HttpClient ClientAt(IPAddress address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
