using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Retrying;

/// <summary>All backends respond with 503, or all are closed.</summary>
[Collection(EndToEndCollection.Name)]
public class OutageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_AllAnswer503WithTheDefaults_AttemptsStayWithinShareAndFloor()
    {
        const int requests = 2_000;
        await using var one = FaultyServer.Start(Fault.Always503);
        await using var two = FaultyServer.Start(Fault.Always503);
        await using var three = FaultyServer.Start(Fault.Always503);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [one.Url, two.Url, three.Url],
            Cancelled,
            "--LoadBalancer:Health:Active:Path", "/health");
        var began = Stopwatch.StartNew();
        await using var load = Load.Gets(balancer, requests);
        await load.AllAsync();

        // A fifth of the requests; where that is less, 10 a second, counted over windows of 10 s.
        var floor = 100 * (1 + (began.Elapsed.TotalSeconds / 10));
        Assert.Equal(0, load.Succeeded);
        Assert.InRange(one.Requests + two.Requests + three.Requests, requests + 1, (requests * 1.2) + floor);
    }

    [Fact]
    public async Task Get_AllGone_503WithoutWaitingForTheConnectTimeoutAndServedAfterADownIntervalOnceOneReturns()
    {
        // A request that waited for the connect timeout would outlast the client's limit of 100 s. Only DownInterval can bring a backend back within
        // the hour: a backend that is down gets no requests that could ask for a probe.
        var servers = await FlaskServer.StartManyAsync(3, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [
                .. BackendArguments.Of(servers), "--LoadBalancer:Timeouts:Connect", "00:10:00", "--LoadBalancer:Health:Active:Path", "/health",
                "--LoadBalancer:Health:Active:Interval", "01:00:00", "--LoadBalancer:Health:Active:DownInterval", "00:00:03",
                "--LoadBalancer:Health:Active:Fall", "1",
            ],
            environment: null, Cancelled);
        foreach (var server in servers)
            await server.DisposeAsync();

        for (var i = 0; i < 20; i++)
        {
            using var response = await balancer.Client.GetAsync("/", Cancelled);
            await ProblemAssert.IsAsync(503, response, Cancelled);
            Assert.NotNull(response.Headers.RetryAfter?.Delta);
        }

        foreach (var server in servers)
            await balancer.BackendIsAsync(server.Name, "unhealthy", Cancelled);
        await using var back = await FlaskServer.StartAsync("server-2", Cancelled, servers[1].Port);
        await Eventually.TrueAsync(async () => (await balancer.Client.GetAsync("/", Cancelled)).IsSuccessStatusCode, Cancelled);
    }

    // A machine that is switched off does not even refuse connections.
    [Fact]
    public async Task Get_TheOnlyBackendDoesNotEvenRefuse_503OnceTheConnectTimeoutIsOver()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        var full = await FillAsync(silent.LocalEndPoint!);
        await using var balancer = await LoadBalancerProcess.StartAsync(
            [$"http://{silent.LocalEndPoint}"],
            Cancelled,
            "--LoadBalancer:Health:Active:Enabled", "false",
            "--LoadBalancer:Timeouts:Connect", "00:00:00.500");

        using var response = await balancer.Client.GetAsync("/", Cancelled);

        await ProblemAssert.IsAsync(503, response, Cancelled);
        Assert.Contains("No backend could be reached", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        full.ForEach(socket => socket.Dispose());
    }

    /// <summary>Connects until nothing more is taken: the system drops what comes then without a word.</summary>
    private static async Task<List<Socket>> FillAsync(EndPoint endPoint)
    {
        var sockets = new List<Socket>();
        while (sockets.Count < 1_000)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            limit.CancelAfter(TimeSpan.FromMilliseconds(500));
            try
            {
                await socket.ConnectAsync(endPoint, limit.Token);
            }
            catch (OperationCanceledException)
            {
                return sockets;
            }
        }

        throw new InvalidOperationException($"The system took {sockets.Count} connections for a socket without a backlog.");
    }
}
