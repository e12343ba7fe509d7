using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Stopping;

/// <summary>The effect of SIGTERM, and of a second one, on requests in flight.</summary>
[Collection(EndToEndCollection.Name)]
public class StoppingTests
{
    private static readonly string[] NoProbes = ["--LoadBalancer:Health:Active:Enabled", "false"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_WebSocketUnderWay_GoesOnToItsEndAndTheExitCodeIs0()
    {
        await using var backend = await WebSocketServer.StartAsync(Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([backend.Url], Cancelled, NoProbes);
        using var socket = await ConnectAsync(balancer);
        Assert.Equal("before", await EchoAsync(socket, "before"));

        balancer.Process.Signal("TERM");
        await StoppingAsync(balancer);
        await Eventually.TrueAsync(async () => await IsRefusedAsync(balancer), Cancelled);

        Assert.Equal("after", await EchoAsync(socket, "after"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Cancelled);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancelled));
    }

    [Fact]
    public async Task Sigterm_WebSocketOutstaysTheGracePeriod_IsCutOffAndTheExitCodeIs0()
    {
        await using var backend = await WebSocketServer.StartAsync(Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [backend.Url],
            Cancelled,
            [.. NoProbes, "--LoadBalancer:Shutdown:Grace", "00:00:01"]);
        using var socket = await ConnectAsync(balancer);

        balancer.Process.Signal("TERM");

        await Assert.ThrowsAsync<WebSocketException>(async () => await socket.ReceiveAsync(new byte[16], Cancelled));
        Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancelled));
    }

    [Fact]
    public async Task SecondSignal_RequestUnderWay_EndsTheProcessAtOnce()
    {
        await using var backend = await WebSocketServer.StartAsync(Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [backend.Url],
            Cancelled,
            [.. NoProbes, "--LoadBalancer:Shutdown:Grace", "01:00:00"]);
        var held = balancer.Client.GetAsync("/", Cancelled);
        await Eventually.TrueAsync(() => backend.Held == 1, Cancelled);

        balancer.Process.Signal("TERM");
        await StoppingAsync(balancer);
        Assert.False(held.IsCompleted);
        balancer.Process.Signal("TERM");

        Assert.Equal(128 + 15, await balancer.Process.ExitCodeAsync(Cancelled));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => held);
    }

    [Fact]
    public async Task Sigterm_DelayNotOver_ReadinessIsRedAndRequestsAreStillServed()
    {
        await using var backend = await TestBackend.StartAsync("a", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [backend.Url],
            Cancelled,
            [.. NoProbes, "--LoadBalancer:Shutdown:Delay", "00:10:00"]);

        balancer.Process.Signal("TERM");
        await Eventually.TrueAsync(
            async () => (await balancer.Admin.GetAsync("/health", Cancelled)).StatusCode == HttpStatusCode.ServiceUnavailable,
            Cancelled);

        using var response = await balancer.Client.GetAsync("/", Cancelled);
        Assert.Equal("a", await response.Content.ReadAsStringAsync(Cancelled));
        Assert.True(response.Headers.ConnectionClose);
        Assert.True((await balancer.Admin.GetAsync("/alive", Cancelled)).IsSuccessStatusCode);
    }

    private static async Task<ClientWebSocket> ConnectAsync(LoadBalancerProcess balancer)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(balancer.Url) { Scheme = "ws" }.Uri, Cancelled);
        return socket;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string message)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancelled);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, Cancelled);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static Task StoppingAsync(LoadBalancerProcess balancer) =>
        balancer.Process.LineAsync(line => line.Contains("Stopping", StringComparison.Ordinal), Cancelled);

    private static async Task<bool> IsRefusedAsync(LoadBalancerProcess balancer)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync(balancer.Url.Host, balancer.Url.Port, Cancelled);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
