using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Accepting;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Differential;

/// <summary>A data path from client to backend.</summary>
public enum DataPath
{
    /// <summary>YARP's own forwarder.</summary>
    Yarp,

    /// <summary>AspireLB's path over .NET's sockets.</summary>
    Sockets,

    /// <summary>AspireLB's path over event loops, on both sides.</summary>
    EventLoops,
}

/// <summary>
/// A backend with every scenario, behind YARP's own forwarder and AspireLB's; all scenarios run through all paths, many in parallel.
/// </summary>
public sealed class Paths : IAsyncLifetime
{
    /// <summary>Prefix of the result of a scenario that did not complete.</summary>
    public const string NoResult = "No result:";

    private const int AtATime = 16;
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Run> _runs = new();
    private readonly ConcurrentDictionary<(string Scenario, DataPath Path), string> _results = new();
    private int _lastRun;

    public async ValueTask InitializeAsync()
    {
        await using var backend = new ScriptedBackend(ServeAsync);
        await using var yarp = await StartAsync(backend.Url, DataPath.Yarp);
        await using var sockets = await StartAsync(backend.Url, DataPath.Sockets);
        await using var loops = EventLoopGroup.IsSupported ? await StartAsync(backend.Url, DataPath.EventLoops) : null;
        var ports = new[] { (DataPath.Yarp, yarp), (DataPath.Sockets, sockets), (DataPath.EventLoops, loops ?? sockets) }.Select(
            path => (path.Item1, new Uri(path.Item2.Urls.First()).Port)).ToList();
        await RunAllAsync(Scenarios.All, ports, AtATime);

        // On a busy machine a scenario may time out, so only a result that is unexpected twice counts.
        await RunAllAsync(Scenarios.All.Where(scenario => IsUnexpected(scenario) || HasNoResult(scenario)), ports, atATime: 1);
    }

    private bool IsUnexpected(Scenario scenario)
    {
        var (stock, ours) = (Result(scenario, DataPath.Yarp), new[] { Result(scenario, DataPath.Sockets), Result(scenario, DataPath.EventLoops) });
        return scenario.Differs is null ? ours.Any(result => result != stock) : ours.Contains(stock);
    }

    private bool HasNoResult(Scenario scenario) =>
        Enum.GetValues<DataPath>().Any(path => Result(scenario, path).StartsWith(NoResult, StringComparison.Ordinal));

    private Task RunAllAsync(IEnumerable<Scenario> scenarios, List<(DataPath Path, int Port)> ports, int atATime) => Parallel.ForEachAsync(
        scenarios.SelectMany(scenario => ports.Select(path => (scenario, path.Path, path.Port))).ToList(),
        new ParallelOptions { MaxDegreeOfParallelism = atATime },
        async (run, _) => _results[(run.scenario.Name, run.Path)] = await RunAsync(run.scenario, run.Port));

    public ValueTask DisposeAsync() => default;

    internal string Result(Scenario scenario, DataPath path) => _results[(scenario.Name, path)];

    private async Task<string> RunAsync(Scenario scenario, int port)
    {
        var id = Interlocked.Increment(ref _lastRun);
        var run = _runs[id.ToString(CultureInfo.InvariantCulture)] = new(scenario, id);
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            var reader = new ResponseReader(run, client, limit.Token);
            await (scenario.Client?.Invoke(reader) ?? reader.SendAsync(scenario.Request));
            if (scenario.ClientLeaves)
            {
                await run.BackendDone.Task.WaitAsync(limit.Token);
                return string.Join('\n', run.Notes);
            }

            await reader.ReadResponseAsync(scenario.IsHead);
            if (scenario.BreaksOff)
                return reader.Failed ? "failed, and not as if it were whole" : reader.Seen;
            if (!scenario.EndIsOpen)
                await reader.TryAnotherAsync();
            return string.Join('\n', [reader.Seen, .. run.Notes]);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or FormatException)
        {
            return $"{NoResult} {error.GetType().Name}: {error.Message}";
        }
    }

    private async Task ServeAsync(ScriptedConnection connection)
    {
        while (await connection.ReadHeadAsync() is { } head)
        {
            if (head.Contains("\r\nX-After: 1\r\n", StringComparison.Ordinal))
            {
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nAFTER");
                continue;
            }

            var run = _runs[head.Split("\r\n").First(line => line.StartsWith("X-Run: ", StringComparison.Ordinal))[7..]];
            try
            {
                if (!await run.Scenario.Backend(new(connection, head, run)))
                    return;
            }
            finally
            {
                run.BackendDone.TrySetResult();
            }
        }
    }

    private static async Task<WebApplication> StartAsync(string backend, DataPath path)
    {
        var isOurs = path != DataPath.Yarp;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = isOurs ? ConnectionFieldEncoding.For : static _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<IClusterOptionsSource, Options>();
        var proxy = builder.Services.AddReverseProxy().LoadFromMemory(
            [Route("impatient", "/impatient/{**rest}"), Route("patient", "/{**rest}")],
            [Cluster("impatient", backend, isOurs), Cluster("patient", backend, isOurs)]);
        if (isOurs)
            proxy.AddForwarding();
        if (path == DataPath.EventLoops)
            builder.Services.AddEventLoops();

        var app = builder.Build();
        app.MapReverseProxy(_ => { });
        await app.StartAsync();
        return app;
    }

    private static RouteConfig Route(string cluster, string path) =>
        new RouteConfig { RouteId = cluster, ClusterId = cluster, Match = new() { Path = path } }.WithTransformUseOriginalHostHeader();

    private static ClusterConfig Cluster(string id, string backend, bool isOurs) => new()
    {
        ClusterId = id,
        Destinations = new Dictionary<string, DestinationConfig> { ["d"] = new() { Address = backend } },
        HttpClient = isOurs ? null : new() { RequestHeaderEncoding = "latin1", ResponseHeaderEncoding = "latin1" },
        HttpRequest = id == "impatient" ? new() { ActivityTimeout = Impatience } : null,
    };

    private sealed class Options : IClusterOptionsSource
    {
        public ClusterOptions For(string clusterId) => clusterId == "impatient"
            ? new() { Timeouts = new() { ResponseHead = Impatience, Idle = Impatience } }
            : new();
    }
}
