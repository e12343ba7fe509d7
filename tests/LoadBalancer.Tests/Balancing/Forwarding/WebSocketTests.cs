using System.Net;
using System.Net.WebSockets;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>
/// WebSockets of HTTP/1.1 clients to TLS backends. Over HTTP/2 they are extended CONNECT requests (RFC 8441), whose response is a 200.
/// </summary>
public sealed class WebSocketTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http1AndHttp2)]
    public async Task WebSocket_TlsBackend_MessagesGoBothWays(HttpProtocols protocols)
    {
        await using var backend = await StartEchoAsync(protocols);
        await using var proxy = await ForwardingProxy.StartAsync(
            backend.Urls.Single(), new() { Client = new HttpClientConfig { DangerousAcceptAnyServerCertificate = true } });
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new($"ws://127.0.0.1:{proxy.Port}/"), Cancelled);

        foreach (var text in new[] { "one"u8.ToArray(), "two"u8.ToArray() })
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, Cancelled);
            var received = new byte[16];
            var message = await socket.ReceiveAsync(received, Cancelled);
            Assert.Equal(text, received[..message.Count]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    private async Task<WebApplication> StartEchoAsync(HttpProtocols protocols)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(_certificates.ServerFor("127.0.0.1"));
        }));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[16];
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
        await app.StartAsync(Cancelled);
        return app;
    }
}
