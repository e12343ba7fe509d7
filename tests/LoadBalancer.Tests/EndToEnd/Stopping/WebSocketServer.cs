using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Stopping;

/// <summary>A backend that echoes WebSocket messages, and holds any other request until its client closes.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _held;

    private WebSocketServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.UseWebSockets();
        _server.Run(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                await EchoAsync(await context.WebSockets.AcceptWebSocketAsync(), context.RequestAborted);
                return;
            }

            Interlocked.Increment(ref _held);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
    }

    public string Url => _server.Urls.Single();

    /// <summary>Requests held.</summary>
    public int Held => Volatile.Read(ref _held);

    public static async Task<WebSocketServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new WebSocketServer();
        await server._server.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task EchoAsync(WebSocket socket, CancellationToken gone)
    {
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, gone) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, gone);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", gone);
    }
}
