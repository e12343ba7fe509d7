using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using AspireLB.EventLoops.Listening;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening.Parking;

/// <summary>ParkingTests checks what clients see when their connections are parked, and which connections must not be parked.</summary>
public class ParkingTests
{
    private static readonly ParkingSettings AtOnce =
        new() { Sockets = 0, Interval = TimeSpan.FromMilliseconds(10), QuietSweeps = 2, MaxQuietSweeps = 2 };

    /// <summary>Much longer than it takes until a connection is parked.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parked_NextRequests_GetResponsesOnTheSameSocket()
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        Assert.Equal("/first", await client.GetAsync("/first"));

        for (var i = 1; i <= 5; i++)
        {
            await Eventually.TrueAsync(() => server.Ended == i, Cancellation);
            Assert.Equal($"/{i}", await client.GetAsync($"/{i}"));
        }
    }

    [Fact]
    public async Task Parked_PipelinedRequests_GetResponsesInOrder()
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        await client.ParkAsync();

        await client.SendAsync(string.Concat(Enumerable.Range(0, 50).Select(i => ParkedClient.Get($"/{i}"))));

        for (var i = 0; i < 50; i++)
            Assert.Equal($"/{i}", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Parked_HeadByteByByte_GetsAResponse()
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        await client.ParkAsync();

        foreach (var one in ParkedClient.Get("/slowly"))
        {
            await client.SendAsync(one.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancellation);
        }

        Assert.Equal("/slowly", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Parked_RequestAndEndTogether_GetsAResponseBeforeTheEnd()
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        await client.ParkAsync();

        await client.SendAsync("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal("/last", await client.ReadResponseAsync());
        Assert.True(await client.IsEndedAsync());
    }

    [Fact]
    public async Task Parked_ClientClosesItsDirection_IsClosed()
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        await client.ParkAsync();

        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.True(await client.IsEndedAsync());
        await Eventually.TrueAsync(() => server.Sockets == 1, Cancellation);
        Assert.Equal(1, server.Ended); // Kestrel did not get the connection again
    }

    [Fact]
    public async Task Parked_ClientResets_IsRemoved()
    {
        await using var server = await StartAsync();
        using (var client = await ParkedClient.ConnectAsync(server))
        {
            await client.ParkAsync();
            Assert.Equal(2, server.Sockets);
            client.Socket.LingerState = new(true, 0);
        }

        await Eventually.TrueAsync(() => server.Sockets == 1, Cancellation);
        Assert.Equal(1, server.Ended);
    }

    [Fact]
    public async Task Parked_KeepAliveTimeoutPasses_IsClosed()
    {
        await using var server = await StartAsync(keepAlive: TimeSpan.FromSeconds(1));
        using var client = await ParkedClient.ConnectAsync(server);
        await client.ParkAsync();
        Assert.Equal(2, server.Sockets);

        Assert.True(await client.IsEndedAsync());
        await Eventually.TrueAsync(() => server.Sockets == 1, Cancellation);
        Assert.Equal(1, server.Ended);
    }

    [Fact]
    public async Task Stop_Parked_ClosesThem()
    {
        await using var server = await StartAsync();
        var clients = new List<ParkedClient>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await ParkedClient.ConnectAsync(server));
            await clients[^1].GetAsync("/");
        }

        await Eventually.TrueAsync(() => server.Ended == 20, Cancellation);
        await server.App.StopAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(15), Cancellation);

        foreach (var client in clients)
        {
            Assert.True(await client.IsEndedAsync());
            client.Dispose();
        }
    }

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("a part of a request's head", "GET / HTTP/1.1\r\nHo")]
    [InlineData("a part of a request's line", "GE")]
    [InlineData("an empty line, as some clients send after a body", "\r\n")]
    [InlineData("a part of a body", "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")]
    [InlineData("a body that is not read", "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")]
    [InlineData("a request without a response yet", "GET /never HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task Connection_RequestBegunOrNoneYet_IsNotParked(string what, string sent)
    {
        await using var server = await StartAsync();
        using var client = await ParkedClient.ConnectAsync(server);
        if (sent is not "")
            await client.SendAsync((what.StartsWith("an empty line", StringComparison.Ordinal) ? ParkedClient.Get("/before") : "") + sent);

        await Task.Delay(Long, Cancellation);

        Assert.Equal(0, server.Ended);
    }

    [Theory]
    [InlineData(Transport.Http1OverTls)]
    [InlineData(Transport.Http2)]
    [InlineData(Transport.Http2OverTls)]
    public async Task Connection_OverTlsOrHttp2_IsNotParked(Transport transport)
    {
        await using var server = await EventLoopServer.StartAsync(transport, RespondAsync, AtOnce);
        Assert.Equal("/", await server.Client.GetStringAsync("/", Cancellation));

        await Task.Delay(Long, Cancellation);

        Assert.Equal(0, server.Ended);
        Assert.Equal("/", await server.Client.GetStringAsync("/", Cancellation));
    }

    [Fact]
    public async Task WebSocket_Quiet_IsNotParked()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var message = await socket.ReceiveAsync(buffer, Cancellation);
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, true, Cancellation);
        }, AtOnce);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new($"ws://127.0.0.1:{server.Client.BaseAddress!.Port}/"), Cancellation);

        await Task.Delay(Long, Cancellation);

        Assert.Equal(0, server.Ended);
        var received = new byte[100];
        await client.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal("still here", Encoding.ASCII.GetString(received, 0, (await client.ReceiveAsync(received, Cancellation)).Count));
    }

    [Fact]
    public async Task FewSockets_AreNotParked()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, RespondAsync, AtOnce with { Sockets = 100 });
        using var client = await ParkedClient.ConnectAsync(server);
        await client.GetAsync("/");

        await Task.Delay(Long, Cancellation);

        Assert.Equal(0, server.Ended);
    }

    [Fact]
    public async Task TenThousandRequests_OverConnectionsParkedAtRandomMoments_AllGetResponses()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, async context =>
        {
            var received = new MemoryStream();
            await context.Request.Body.CopyToAsync(received, Cancellation);
            await context.Response.WriteAsync(context.Request.Path + Encoding.ASCII.GetString(received.ToArray()), Cancellation);
        }, AtOnce with { Interval = TimeSpan.FromMilliseconds(1), QuietSweeps = 1, MaxQuietSweeps = 1 });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            var random = new Random(number);
            using var client = await ParkedClient.ConnectAsync(server);
            for (var i = 0; i < 200; i++)
            {
                var before = server.Ended;
                var body = new string('b', random.Next(3) * 100);
                await client.SendAsync($"POST /{number}/{i}/ HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
                if (body.Length > 0 && random.Next(4) == 0)
                    await Task.Delay(random.Next(6), Cancellation);
                await client.SendAsync(body);
                Assert.Equal($"/{number}/{i}/{body}", await client.ReadResponseAsync());
                if (random.Next(3) == 0)
                    await Task.Delay(random.Next(8), Cancellation);

                // Sometimes wait until a connection is parked, at least this one, so that parking happens on machines of any speed.
                if (i % 10 == 0)
                    await Eventually.TrueAsync(() => server.Ended > before, Cancellation);
            }
        }));

        Assert.InRange(server.Ended, 20, int.MaxValue);
    }

    private static Task<EventLoopServer> StartAsync(TimeSpan? keepAlive = null) =>
        EventLoopServer.StartAsync(Transport.Http1, RespondAsync, AtOnce, keepAlive);

    private static async Task RespondAsync(HttpContext context)
    {
        if (context.Request.Path == "/never")
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (context.Request.Path == "/body")
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.Response.WriteAsync(context.Request.Path, Cancellation);
    }
}
