using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using AspireLB.LoadBalancer.Tests.EndToEnd.Stopping;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>SIGHUP reads the configuration again, logs the result, and does not affect requests in flight.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ReloadSignalTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-signal-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sighup_RequestUnderWay_ConfigurationIsReadAgainAndTheRequestGoesOn()
    {
        await using var backend = await WebSocketServer.StartAsync(Cancelled);
        Write(backend.Url);
        await using var balancer = await StartAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(balancer.Url) { Scheme = "ws" }.Uri, Cancelled);
        await EchoAsync(socket, "before");

        balancer.Process.Signal("HUP");
        await LineAsync(balancer, "Configuration read again: nothing changed");

        Write("nonsense");
        balancer.Process.Signal("HUP");
        await LineAsync(balancer, "Configuration not reloaded; the last valid one stays in effect. Errors: 1");

        Write(backend.Url, "http://127.0.0.1:9");
        balancer.Process.Signal("HUP");
        await LineAsync(balancer, "Configuration reloaded: 1 routes, 2 backends");

        await EchoAsync(socket, "after");
        Assert.False(balancer.Process.HasExited);
    }

    [Fact]
    public async Task Sighup_FileIsLost_IsSaidEachTime()
    {
        Write("http://127.0.0.1:9");
        await using var balancer = await StartAsync();
        File.Delete(Settings);
        await LineAsync(balancer, "appsettings.json does not exist any more");

        balancer.Process.Signal("HUP");

        await Eventually.TrueAsync(() => balancer.Process.Output.Split("appsettings.json does not exist any more").Length == 3, Cancelled);
        Assert.DoesNotContain("nothing changed", balancer.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public async Task UnusedSignal_WhileRunning_IsSaidToDoNothing(string signal)
    {
        Write("http://127.0.0.1:9");
        await using var balancer = await StartAsync();

        balancer.Process.Signal(signal);

        await LineAsync(balancer, $"SIG{signal} does nothing");
        Assert.Equal("Healthy", await balancer.Admin.GetStringAsync("/alive", Cancelled));
    }

    [Fact]
    public async Task Sighup_IgnoredSinceTheStart_StaysIgnored()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartByShellAsync("trap '' HUP", [a.Url], Cancelled);

        balancer.Process.Signal("HUP");

        // A later signal of another kind shows that the first was handled.
        balancer.Process.Signal("USR1");
        await LineAsync(balancer, "SIGUSR1 does nothing");
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.DoesNotContain("Configuration", balancer.Process.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Settings => Path.Combine(_directory.FullName, "appsettings.json");

    private static Task LineAsync(LoadBalancerProcess balancer, string words) =>
        balancer.Process.LineAsync(line => line.Contains(words, StringComparison.Ordinal), Cancelled);

    private static async Task EchoAsync(ClientWebSocket socket, string message)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancelled);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, Cancelled);
        Assert.Equal(message, Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    private Task<LoadBalancerProcess> StartAsync() =>
        LoadBalancerProcess.StartAsync(["--LoadBalancer:Health:Active:Enabled", "false"], environment: null, Cancelled, _directory.FullName);

    private void Write(params string[] backends) =>
        File.WriteAllText(
            Settings,
            new JsonObject { ["Backends"] = new JsonArray([.. backends.Select(url => JsonValue.Create(url))]) }.ToJsonString());
}
