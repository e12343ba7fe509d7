using System.Net.Sockets;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Pausing;

/// <summary>
/// Clients that are silent for longer than <c>Timeouts:Idle</c> are disconnected, and their number never counts against the backend.
/// </summary>
public sealed class SilentClientTests
{
    /// <summary>More than the consecutive failures that eject a backend.</summary>
    private const int Clients = 5;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_LongerThanIdle_IsTheClientsFailure(bool usesEventLoops)
    {
        await using var run = await PausingRun.StartAsync(
            usesEventLoops,
            Cancelled,
            "--LoadBalancer:Timeouts:Idle", "00:00:00.500",
            "--LoadBalancer:Timeouts:ResponseHead", "00:00:00.500",
            "--LoadBalancer:Health:Active:Enabled", "false");
        foreach (var path in new[] { "", "yarp/" })
        {
            await SendSilentlyAsync(run, $"POST /{path}upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
            await SendSilentlyAsync(run, $"POST /{path}upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
            await SendSilentlyAsync(run, $"POST /{path}upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            await NeverReadAsync(run, $"GET /{path}download HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            await NeverReadAsync(run, $"GET /{path}download?chunked HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        }

        Assert.Equal(0, (int)(await run.Balancer.BackendAsync("d", Cancelled))["failures"]!);
        Assert.DoesNotContain("is down", run.Balancer.StateChanges("d"));
    }

    /// <summary>
    /// Kestrel waits up to 5 s for the unread rest of a body, so that closing the connection can't overtake the response.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_WithoutTheBodyRead_ComesAtOnceAndTheConnectionEnds(bool usesEventLoops)
    {
        await using var run = await PausingRun.StartAsync(usesEventLoops, Cancelled);
        using var client = await ConnectAsync(run);

        await client.SendAsync("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadUntilAsync("ignored"));
        await client.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
    }

    private static async Task<RawClient> ConnectAsync(PausingRun run)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(run.Balancer.Url.Host, run.Balancer.Url.Port, Cancelled);
        return new(client);
    }

    private static Task SendSilentlyAsync(PausingRun run, string request) => Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
    {
        using var client = await ConnectAsync(run);
        await client.SendAsync(request);
        var answer = await client.ReadUntilAsync("did not arrive in time.").WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
    }));

    private static async Task NeverReadAsync(PausingRun run, string request)
    {
        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++)
        {
            clients.Add(await ConnectAsync(run));
            await clients[i].SendAsync(request);
        }

        await Eventually.TrueAsync(async () => (int)(await run.Balancer.BackendAsync("d", Cancelled))["inFlight"]! == Clients, Cancelled);
        await Eventually.TrueAsync(async () => (int)(await run.Balancer.BackendAsync("d", Cancelled))["inFlight"]! == 0, Cancelled);
        foreach (var client in clients)
        {
            Assert.NotInRange((await client.ReadToEndAsync()).Length, BodyBackend.DownloadBytes, int.MaxValue);
            client.Dispose();
        }
    }
}
