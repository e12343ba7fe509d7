using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>An unreachable or unresponsive collector does not affect requests.</summary>
public class AbsentCollectorTests
{
    // More than the 2,048 spans in the exporter's queue.
    private const int Requests = 3000;

    // The balancer waits at most 1.5 s in addition to its own stop; the providers alone would wait up to 15 s, 5 s per signal.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Requests_CollectorRefuses_SucceedAndProcessEndsSoon(string protocol)
    {
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, so that the port stays reserved; not listening, so it refuses

        await AssertUndisturbedAsync(protocol, (IPEndPoint)refusing.LocalEndPoint!);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Requests_CollectorNeverAnswers_SucceedAndProcessEndsSoon(string protocol)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var accepted = new TaskCompletionSource();
        var accepting = AcceptAsync();

        await AssertUndisturbedAsync(protocol, (IPEndPoint)silent.LocalEndpoint);

        await accepted.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel); // it did try
        silent.Stop();
        await accepting;

        async Task AcceptAsync()
        {
            List<Socket> connections = [];
            try
            {
                while (true)
                {
                    connections.Add(await silent.AcceptSocketAsync(Cancel));
                    accepted.TrySetResult();
                }
            }
            catch (SocketException)
            {
                connections.ForEach(connection => connection.Dispose());
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task AssertUndisturbedAsync(string protocol, IPEndPoint collector)
    {
        await using var run = await TelemetryRun.StartAsync(
            _ =>
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{collector}"),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ],
            Cancel);

        var statuses = new HttpStatusCode[Requests];
        await Parallel.ForAsync(0, Requests, Cancel, async (i, cancel) => statuses[i] = await run.GetAsync("/served", cancel));
        var clock = Stopwatch.StartNew();
        var exitCode = await run.StopAsync(Cancel);

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(0, exitCode);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, StopLimit);
        TestContext.Current.TestOutputHelper?.WriteLine($"ended {clock.Elapsed} after SIGTERM");
    }
}
