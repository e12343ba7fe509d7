using System.Net.Sockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Stopping;

/// <summary>More connections than are kept active, with the default settings: idle ones are parked.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ParkedConnectionsTests
{
    private const int Connections = 400;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyIdleConnections_AreParkedAndServedAndClosedOnSigterm()
    {
        await using var backend = await TestBackend.StartAsync("a", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([backend.Url], Cancelled);
        await ActiveAsync(balancer); // measuring begins with the first scrape
        var clients = new List<Socket>();
        for (var i = 0; i < Connections; i++)
        {
            clients.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await clients[^1].ConnectAsync(balancer.Url.Host, balancer.Url.Port, Cancelled);
            await AskAsync(clients[^1]);
        }

        await Eventually.TrueAsync(async () => await ActiveAsync(balancer) == 0, Cancelled);
        foreach (var client in clients)
            await AskAsync(client);
        Assert.InRange(await ActiveAsync(balancer), 1, Connections);
        await Eventually.TrueAsync(async () => await ActiveAsync(balancer) == 0, Cancelled);

        balancer.Process.Signal("TERM");

        Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancelled));
        foreach (var client in clients)
        {
            Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancelled));
            client.Dispose();
        }
    }

    private static async Task AskAsync(Socket client)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancelled);
        var answer = new byte[4096];
        var received = await client.ReceiveAsync(answer, Cancelled);
        while (!Encoding.ASCII.GetString(answer, 0, received).EndsWith(
            "0\r\n\r\n",
            StringComparison.Ordinal) && !Encoding.ASCII.GetString(answer, 0, received).EndsWith("\r\n\r\na", StringComparison.Ordinal))
            received += await client.ReceiveAsync(answer.AsMemory(received), Cancelled);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer));
    }

    /// <summary>Connections that Kestrel has on the data port.</summary>
    private static async Task<double> ActiveAsync(LoadBalancerProcess balancer)
    {
        var text = await balancer.Admin.GetStringAsync("/metrics", Cancelled);
        return text.Split('\n').Where(line => line.StartsWith(
            "kestrel_active_connections{",
            StringComparison.Ordinal) && line.Contains($"\"{balancer.Url.Port}\""))
            .Sum(line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
