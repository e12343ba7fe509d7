using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>Which parts of a backend's response reach the client, and whether the connection is kept.</summary>
public class ResponseForwardingTests : ForwardingTests
{
    [Fact]
    public async Task Response_WithLength_PassesWhole()
    {
        var response = await ResponseTo(
            "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-A: caf\u00e9\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nServer: theirs\r\n\r\nhello");

        Assert.StartsWith("HTTP/1.1 200 Fine\r\n", response);
        Assert.Contains("\r\nContent-Length: 5\r\n", response);
        Assert.Contains("\r\nX-A: caf\u00e9\r\n", response);
        Assert.Contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", response);
        Assert.Contains("\r\nServer: theirs\r\n", response);
        Assert.EndsWith("\r\n\r\nhello", response);
    }

    [Fact]
    public async Task Response_HopByHopFields_AreLeftOut()
    {
        var response = await ResponseTo(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, X-Secret\r\n"
            + "X-Secret: 1\r\nKeep-Alive: timeout=9\r\nUpgrade: h2c\r\n\r\n");

        Assert.DoesNotContain("X-Secret", response);
        Assert.DoesNotContain("Keep-Alive", response);
        Assert.DoesNotContain("Upgrade", response);
    }

    [Fact]
    public async Task Response_Chunked_IsChunkedAnew()
    {
        var response = await ResponseTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;ext\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n");

        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", response);
        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n", response);
    }

    [Fact]
    public async Task Response_UntilClose_EndsWhereTheBackendEnds()
    {
        await using var backend = ScriptedBackend.AnsweringOnce("HTTP/1.0 200 OK\r\n\r\nhello");
        await using var proxy = await StartProxyAsync(backend.Url);

        Assert.EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n", await proxy.GetAsync());
        Assert.Equal([new AttemptResult(AttemptProgress.Completed, AttemptFailure.None, 200)], proxy.Ended);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(1_048_576)]
    public async Task Response_OnAKeptConnection_ArrivesWithoutItsClose(int length)
    {
        await using var backend = ScriptedBackend.AnsweringOnce($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url);
        using var client = new HttpClient();

        var body = await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{proxy.Port}/"), TestContext.Current.CancellationToken);
        Assert.Equal(length, body.Length);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(200_000)]
    [InlineData(3_000_000)]
    public async Task Response_OfAnyLength_PassesByteForByte(int length)
    {
        var body = string.Concat(Enumerable.Range(0, length / 10).Select(i => $"{i,10}"));

        var response = await ResponseTo($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");

        Assert.Equal(body, response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    [Fact]
    public async Task Response_HeadAndBodyInManySmallPieces_PassesWhole()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            foreach (var piece in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
            {
                await connection.SendAsync(piece.ToString());
                await Task.Yield();
            }

            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        var response = await proxy.GetAsync();

        var body = response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Equal("hello", System.Text.RegularExpressions.Regex.Replace(body, "[0-9]\r\n|\r\n", ""));
    }

    [Fact]
    public async Task Response_EventsOverTime_ArriveAsTheyAreSent()
    {
        var next = new SemaphoreSlim(0);
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; i < 3; i++)
            {
                await next.WaitAsync();
                await connection.SendAsync($"7\r\nevent {i}\r\n");
            }

            await connection.SendAsync("0\r\n\r\n");
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        var received = "";
        for (var i = 0; i < 3; i++)
        {
            next.Release();
            received += await client.ReadUntilAsync($"event {i}");
        }

        Assert.EndsWith("\r\n0\r\n\r\n", received + await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "Content-Length: 1234")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", "X-A: 1")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", "ETag: \"a\"")]
    [InlineData("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", "X-A: 1")]
    public async Task Response_WithoutBody_LeavesTheConnectionForTheNext(string method, string response, string field)
    {
        await using var backend = ScriptedBackend.Answering(response);
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 3; i++)
        {
            var received = await proxy.SendAsync($"{method} / HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n");
            Assert.Contains($"\r\n{field}\r\n", received);
            Assert.EndsWith("\r\n\r\n", received);
        }

        Assert.Equal(1, backend.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 1)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 3)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 3)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", 3)]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 3)]
    public async Task Connection_AfterAResponse_IsKeptOnlyIfWellFramed(string response, int connections)
    {
        await using var backend = ScriptedBackend.Answering(response);
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 3; i++)
            Assert.DoesNotContain("evil", await proxy.GetAsync());

        Assert.Equal(connections, backend.Connections);
    }

    [Fact]
    public async Task Request_StillBeingSent_DoesNotHoldTheResponseBack()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            await connection.WaitForCloseAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nContent-Length: 1000000\r\n\r\nbeginning");

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadUntilAsync("no"));
    }

    private async Task<string> ResponseTo(string backendResponse)
    {
        await using var backend = ScriptedBackend.Answering(backendResponse);
        await using var proxy = await StartProxyAsync(backend.Url);
        return await proxy.GetAsync();
    }
}
