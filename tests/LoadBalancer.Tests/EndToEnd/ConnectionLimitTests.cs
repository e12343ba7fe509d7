using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>More clients connect than the process has file descriptors for.</summary>
[Collection(EndToEndCollection.Name)]
public class ConnectionLimitTests
{
    private const int Files = 400;
    private const int Places = (Files - 320) / 2;
    private const string Request = "GET / HTTP/1.1\r\nHost: front.test\r\n\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_FloodOfConnections_WaitAndCostThoseThatAreServedNothing()
    {
        await using var backend = await TestBackend.StartAsync("backend", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartWithFewFilesAsync(
            Files, [backend.Url], Cancelled, "--LoadBalancer:Health:Active:Path", TestBackend.HealthPath);
        var places = await MetricAsync(balancer, "aspirelb_connections_limit");
        Assert.Equal(Places, places);

        // Fill all slots but ten, then send ten requests at once: each needs a backend connection.
        var served = new List<Socket>();
        for (var i = 0; i < 10; i++)
            served.Add(await ConnectAsync(balancer));
        await Eventually.TrueAsync(async () => await MetricAsync(balancer, "aspirelb_connections_clients") == 10, Cancelled);
        var flood = new List<Socket>();
        for (var i = 0; i < Files; i++)
            flood.Add(await ConnectAsync(balancer));
        await Eventually.TrueAsync(async () => await MetricAsync(balancer, "aspirelb_connections_clients") == Places, Cancelled);
        foreach (var client in served)
            await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(Request), Cancelled);
        foreach (var client in served)
            Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(client));

        Assert.True(await MetricAsync(balancer, "aspirelb_connections_pauses_total") >= 1);
        await balancer.Process.LineAsync(IsWarning, Cancelled);
        Assert.Single(balancer.Process.Output.Split('\n'), IsWarning);
        Assert.DoesNotContain("too many open files", balancer.Process.Output, StringComparison.Ordinal);

        // Waiting clients are served as others close; probes and the admin API work all the time.
        var last = flood[^1];
        await last.SendAsync(System.Text.Encoding.ASCII.GetBytes(Request), Cancelled);
        foreach (var client in served.Concat(flood.SkipLast(1)))
            client.Dispose();
        Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(last));
        last.Dispose();
        await Eventually.TrueAsync(async () => await MetricAsync(balancer, "aspirelb_connections_clients") == 0, Cancelled);
    }

    private static bool IsWarning(string line) => line.Contains($"All {Places} slots", StringComparison.Ordinal);

    private static async Task<Socket> ConnectAsync(LoadBalancerProcess balancer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, balancer.Url.Port, Cancelled);
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        var buffer = new byte[4096];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        return System.Text.Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
    }

    private static async Task<double> MetricAsync(LoadBalancerProcess balancer, string name)
    {
        var line = (await balancer.Admin.GetStringAsync("/metrics", Cancelled)).Split('\n').Single(line => line.StartsWith(
            name,
            StringComparison.Ordinal) && !line.StartsWith('#'));
        return double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }
}
