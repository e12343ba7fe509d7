using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Listening;

/// <summary>EventLoopServerTests checks what clients see of a server whose connections run on event loops.</summary>
public class EventLoopServerTests
{
    private const int BodyBytes = 3_000_017;

    public static TheoryData<Transport> EveryTransport => [.. Enum.GetValues<Transport>()];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(EveryTransport))]
    public async Task Body_LargeBothWays_ArrivesAsItWasSent(Transport transport)
    {
        // The server reads the request to its end first, since HttpClient does not read a response before it has sent the request.
        await using var server = await EventLoopServer.StartAsync(transport, async context =>
        {
            var received = new MemoryStream();
            await context.Request.Body.CopyToAsync(received, Cancellation);
            await context.Response.Body.WriteAsync(received.ToArray(), Cancellation);
        });

        await Task.WhenAll(Enumerable.Range(1, 4).Select(async seed =>
        {
            var body = new byte[BodyBytes];
            new Random(seed).NextBytes(body);
            for (var i = 0; i < 3; i++)
            {
                using var response = await server.Client.PostAsync("/", new ByteArrayContent(body), Cancellation);
                Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(Cancellation));
            }
        }));
    }

    [Theory]
    [MemberData(nameof(EveryTransport))]
    public async Task Requests_ManyAtOnce_GetTheirOwnResponses(Transport transport)
    {
        await using var server = await EventLoopServer.StartAsync(transport, context => context.Response.WriteAsync(context.Request.Path));

        await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
            Assert.Equal($"/{i}", await server.Client.GetStringAsync($"/{i}", Cancellation))));
    }

    [Theory]
    [MemberData(nameof(EveryTransport))]
    public async Task Client_Disconnects_CancelsItsRequest(Transport transport)
    {
        var arrived = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var server = await EventLoopServer.StartAsync(transport, async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
        });

        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var request = server.Client.GetAsync("/", leaving.Token);
            await arrived.Task;
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Theory]
    [MemberData(nameof(EveryTransport))]
    public async Task Stop_RequestsInFlightAndIdleConnections_FinishesRequestsAndClosesTheIdle(Transport transport)
    {
        var arrived = new TaskCompletionSource();
        var proceed = new TaskCompletionSource();
        await using var server = await EventLoopServer.StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/slow")
            {
                arrived.SetResult();
                await proceed.Task;
            }

            await context.Response.WriteAsync("done", Cancellation);
        });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Client.GetStringAsync("/", Cancellation)));
        var slow = server.Client.GetStringAsync("/slow", Cancellation);
        await arrived.Task;

        var stopping = server.App.StopAsync(Cancellation);
        await Eventually.TrueAsync(() => server.Sockets == 1, Cancellation, "all but the connection with the request are closed");
        proceed.SetResult();

        Assert.Equal("done", await slow);
        await stopping.WaitAsync(TimeSpan.FromSeconds(15), Cancellation);
    }

    [Fact]
    public async Task WebSocket_MessagesBothWays_Arrive()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer, Cancellation) is { MessageType: not WebSocketMessageType.Close } message)
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, Cancellation);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new($"ws://127.0.0.1:{server.Client.BaseAddress!.Port}/"), Cancellation);

        var received = new byte[1024];
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"message {i}"), WebSocketMessageType.Text, true, Cancellation);
            var message = await client.ReceiveAsync(received, Cancellation);
            Assert.Equal($"message {i}", Encoding.ASCII.GetString(received, 0, message.Count));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
    }

    [Fact]
    public async Task Response_ClientReadsNothing_PausesTheServer()
    {
        var written = 0L;
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, async context =>
        {
            var piece = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                Interlocked.Add(ref written, piece.Length);
            }
        });
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);

        var before = -1L;
        await Eventually.TrueAsync(
            async () =>
            {
                before = Interlocked.Read(ref written);
                await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
                return before > 0 && before == Interlocked.Read(ref written);
            },
            Cancellation,
            "the server writes nothing more");

        // The kernel's buffers hold this much; without back-pressure it would be gigabytes by now.
        Assert.InRange(before, 1, 64 * 1024 * 1024);
        var buffer = new byte[1024 * 1024];
        for (var read = 0L; read < before + (32 * 1024 * 1024);)
        {
            var received = await client.ReceiveAsync(buffer, Cancellation);
            Assert.True(received > 0, $"the response ended after {read} bytes");
            read += received;
        }
    }

    [Fact]
    public async Task Head_ByteByByteOrPipelined_GetsAResponse()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1, context => context.Response.WriteAsync(context.Request.Path));
        using var client = await server.ConnectAsync();

        foreach (var one in Encoding.ASCII.GetBytes("GET /slowly HTTP/1.1\r\nHost: a\r\n\r\n"))
            await client.SendAsync(new[] { one }, Cancellation);
        await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(
            Enumerable.Range(0, 300).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\nX-Filling: {new string('f', 100)}\r\n\r\n"))), Cancellation);
        await client.SendAsync("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);

        using var stream = new NetworkStream(client);
        var received = await new StreamReader(stream, Encoding.ASCII).ReadToEndAsync(Cancellation);
        Assert.Equal(302, received.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.True(received.IndexOf("/298", StringComparison.Ordinal) < received.IndexOf("/299", StringComparison.Ordinal));
        Assert.Contains("/last", received);
    }

    [Fact]
    public async Task Stop_UnixSocket_LeavesNoFile()
    {
        await using var server = await EventLoopServer.StartAsync(Transport.Http1OverUnixSocket, context => context.Response.WriteAsync("here"));
        Assert.Equal("here", await server.Client.GetStringAsync("/", Cancellation));

        await server.App.StopAsync(Cancellation);

        Assert.False(File.Exists(server.SocketPath));
    }

    [Fact]
    public async Task Request_OverIPv6AndIPv4_HasTheAddresses()
    {
        static Task RespondAsync(HttpContext context) => context.Response.WriteAsync(
            $"{context.Connection.RemoteIpAddress} {context.Connection.LocalIpAddress} "
            + $"{context.Connection.RemotePort > 0} {context.Connection.LocalPort > 0}");

        await using var four = await EventLoopServer.StartAsync(Transport.Http1, RespondAsync);
        await using var six = await EventLoopServer.StartAsync(Transport.Http1OverIPv6, RespondAsync);

        Assert.Equal($"{IPAddress.Loopback} {IPAddress.Loopback} True True", await four.Client.GetStringAsync("/", Cancellation));
        Assert.Equal($"{IPAddress.IPv6Loopback} {IPAddress.IPv6Loopback} True True", await six.Client.GetStringAsync("/", Cancellation));
    }
}
