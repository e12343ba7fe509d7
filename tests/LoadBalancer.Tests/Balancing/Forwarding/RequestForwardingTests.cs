using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>Which parts of a client's request reach the backend.</summary>
public class RequestForwardingTests : ForwardingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("/a%2Fb//../c;x=1?q=%20&r=a+b")]
    [InlineData("/")]
    [InlineData("/?")]
    [InlineData("//double")]
    [InlineData("/caf%C3%A9%zz")]
    public async Task Target_AnyEscapes_ArriveAsSent(string target)
    {
        var head = await HeadReceivedFor($"GET {target} HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"GET {target} HTTP/1.1\r\n", head);
    }

    [Fact]
    public async Task Target_AbsoluteForm_BecomesOriginForm()
    {
        var head = await HeadReceivedFor("GET http://front.test/x%2Fy?z HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("GET /x%2Fy?z HTTP/1.1\r\n", head);
    }

    [Fact]
    public async Task Target_DestinationWithPath_FollowsIt()
    {
        var head = await HeadReceivedFor("GET /x HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n", path: "/base/");

        Assert.StartsWith("GET /base/x HTTP/1.1\r\n", head);
    }

    [Fact]
    public async Task Host_OriginalHostTransform_IsTheClients() =>
        Assert.Contains("\r\nHost: front.test\r\n", await HeadReceivedFor("GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n"));

    [Fact]
    public async Task Host_NoTransform_IsTheDestinations() =>
        Assert.Matches(@"\r\nHost: 127\.0\.0\.1:\d+\r\n", await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n", new() { Route = route => route }));

    [Fact]
    public async Task Host_DestinationSetsOne_IsThat() =>
        Assert.Contains("\r\nHost: named.test\r\n", await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n", new() { Route = route => route, DestinationHost = "named.test" }));

    [Fact]
    public async Task Fields_HopByHopAndNominated_AreLeftOut()
    {
        var head = await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
            + "Proxy-Authorization: Basic x\r\nProxy-Connection: close\r\nX-Kept: caf\u00e9\r\n\r\n");

        Assert.DoesNotContain("X-Secret", head);
        Assert.DoesNotContain("Keep-Alive", head);
        Assert.DoesNotContain("\nTE:", head);
        Assert.DoesNotContain("Proxy-", head);
        Assert.DoesNotContain("\nConnection:", head);
        Assert.Contains("\r\nX-Kept: caf\u00e9\r\n", head);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ForwardedFields_ClientClaims_AreReplaced(bool throughYarp)
    {
        var head = await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Prefix: /evil\r\nForwarded: for=1.2.3.4\r\n\r\n",
            new() { Route = route => throughYarp ? route.WithTransformRequestHeader("X-Added", "1") : route });

        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", head);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", head);
        Assert.Contains("\r\nX-Forwarded-Host: front.test\r\n", head);
        Assert.DoesNotContain("1.2.3.4", head);
        Assert.DoesNotContain("evil", head);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ForwardedFields_TrustedPeer_AreAppendedTo(bool throughYarp)
    {
        var head = await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n"
            + "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: outer.test\r\n\r\n",
            new()
            {
                Route = route => throughYarp ? route.WithTransformRequestHeader("X-Added", "1") : route,
                OnRequest = context =>
                {
                    context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("::ffff:10.1.2.3");
                    context.Features.Set<ITrustedPeerFeature>(new Trusted());
                },
            });

        Assert.Equal(throughYarp, head.Contains("\r\nX-Added: 1\r\n", StringComparison.Ordinal));
        Assert.Contains("\r\nX-Forwarded-For: 1.2.3.4, 10.1.2.3\r\n", head);
        Assert.Contains("\r\nX-Forwarded-Proto: https\r\n", head);
        Assert.Contains("\r\nX-Forwarded-Host: outer.test\r\n", head);
    }

    [Fact]
    public async Task Peer_MappedIPv4_IsWrittenAsIPv4() =>
        Assert.Contains("\r\nX-Forwarded-For: 10.1.2.3\r\n", await HeadReceivedFor(
            "GET / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n",
            new() { OnRequest = context => context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("::ffff:10.1.2.3") }));

    [Theory]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    public async Task NoBody_Method_DecidesWhetherALengthIsSent(string method, bool hasLength)
    {
        var head = await HeadReceivedFor($"{method} / HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n");

        Assert.Equal(hasLength, head.Contains("Content-Length: 0\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("Transfer-Encoding", head);
    }

    [Fact]
    public async Task Body_WithLength_ArrivesWithLength()
    {
        var body = "";
        await using var backend = new ScriptedBackend(async connection =>
        {
            Assert.Contains("\r\nContent-Length: 300000\r\n", await connection.ReadHeadAsync());
            body = await connection.ReadAsync(300_000);
            await connection.SendAsync(Ok);
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        var sent = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i,6}"));
        var response = await proxy.SendAsync($"POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n{sent}");

        Assert.EndsWith("\r\n\r\nok", response);
        Assert.Equal(sent, body);
    }

    [Fact]
    public async Task Body_Chunked_ArrivesChunked()
    {
        string? head = null, body = null;
        await using var backend = new ScriptedBackend(async connection =>
        {
            head = await connection.ReadHeadAsync();
            body = await connection.ReadToLastChunkAsync();
            await connection.SendAsync(Ok);
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        var response = await proxy.SendAsync(
            "POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");

        Assert.EndsWith("\r\n\r\nok", response);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", head);
        Assert.DoesNotContain("Content-Length", head);
        Assert.Equal("b\r\nhello world\r\n0\r\n\r\n", body);
    }

    [Fact]
    public async Task Body_BufferedByTheRetryLoop_IsSentFromThere()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            var body = await connection.ReadAsync(8);
            var hasLength = head!.Contains("\r\nContent-Length: 8\r\n", StringComparison.Ordinal);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nX-Length: {hasLength}\r\n\r\n{body}");
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url, new() { BufferedBody = "buffered"u8.ToArray() });

        var response = await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        Assert.Contains("\r\nX-Length: True\r\n", response);
        Assert.EndsWith("\r\n\r\nbuffered", response);
    }

    [Fact]
    public async Task ExpectContinue_BackendAsksForTheBody_ClientIsAskedToo()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            Assert.Contains("\r\nExpect: 100-continue\r\n", await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            Assert.Equal("hello", await connection.ReadAsync(5));
            await connection.SendAsync(Ok);
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await client.SendAsync("hello");

        Assert.EndsWith("ok", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task ExpectContinue_BackendRefuses_BodyIsNeverAskedFor()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
            await connection.WaitForCloseAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        var response = await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 417 ", response);
    }

    private async Task<string> HeadReceivedFor(string request, ForwardingProxy.Setup? setup = null, string path = "")
    {
        var head = "";
        await using var backend = new ScriptedBackend(async connection =>
        {
            head = await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url + path, setup);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await proxy.SendAsync(request));
        return head!;
    }

    private sealed class Trusted : ITrustedPeerFeature;
}
