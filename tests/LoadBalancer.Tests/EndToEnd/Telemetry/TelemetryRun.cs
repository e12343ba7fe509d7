using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A client, the balancer as a process, a backend and a collector.</summary>
public sealed class TelemetryRun : IAsyncDisposable
{
    private readonly OtlpReceiver _collector;
    private readonly LoadBalancerProcess _balancer;
    private readonly HttpClient _client;

    private TelemetryRun(OtlpReceiver collector, RecordingBackend[] backends, LoadBalancerProcess balancer)
    {
        _collector = collector;
        _balancer = balancer;
        Backends = backends;
        _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = balancer.Url,
            DefaultRequestHeaders = { { "User-Agent", "telemetry-test" } },
        };
    }

    /// <summary>By default the exporters wait 5 s (spans, logs) and 60 s (metrics).</summary>
    private static Dictionary<string, string?> ExportSoon => new()
    {
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "250",
    };

    /// <summary>In the order of their turns.</summary>
    internal IReadOnlyList<RecordingBackend> Backends { get; }

    internal RecordingBackend Backend => Assert.Single(Backends);

    internal ReceivedTelemetry Received => _collector.Received;

    /// <summary>Port of the data listener.</summary>
    internal int Port => _balancer.Url.Port;

    /// <summary>A client of the admin listener.</summary>
    internal HttpClient Admin => _balancer.Admin;

    /// <summary>A collector always runs; <paramref name="variables"/> decide whether the balancer uses it.</summary>
    internal static async Task<TelemetryRun> StartAsync(
        Func<OtlpReceiver, (string Name, string Value)[]> variables,
        CancellationToken cancel,
        int backends = 1)
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, backends).Select(_ => RecordingBackend.StartAsync(cancel)));
        return await StartAsync(variables, servers, ["--Backends", string.Join(',', servers.Select(server => server.Address))], cancel);
    }

    /// <summary>The same with other backends than recording ones.</summary>
    internal static Task<TelemetryRun> StartAsync(
        Func<OtlpReceiver, (string Name, string Value)[]> variables,
        string[] arguments,
        CancellationToken cancel) =>
        StartAsync(variables, [], arguments, cancel);

    /// <summary>The same with one recording backend, which the arguments name.</summary>
    internal static async Task<TelemetryRun> StartAsync(
        Func<OtlpReceiver, (string Name, string Value)[]> variables,
        Func<string, string[]> arguments,
        CancellationToken cancel)
    {
        var server = await RecordingBackend.StartAsync(cancel);
        return await StartAsync(variables, [server], arguments(server.Address), cancel);
    }

    private static async Task<TelemetryRun> StartAsync(
        Func<OtlpReceiver, (string Name, string Value)[]> variables,
        RecordingBackend[] servers,
        string[] arguments,
        CancellationToken cancel)
    {
        var collector = await OtlpReceiver.StartAsync(cancel);
        var environment = ExportSoon;
        foreach (var (name, value) in variables(collector))
            environment[name] = value;
        return new(collector, servers, await LoadBalancerProcess.StartAsync(arguments, environment, cancel));
    }

    /// <summary>GET with the headers of a client's trace, if any.</summary>
    internal async Task<HttpStatusCode> GetAsync(string path, CancellationToken cancel, params (string Name, string Value)[] headers) =>
        (await FetchAsync(path, cancel, headers)).Status;

    /// <summary>The same with any method.</summary>
    internal async Task<HttpStatusCode> SendAsync(
        string method,
        string path,
        CancellationToken cancel,
        params (string Name, string Value)[] headers) => (await FetchAsync(new(method), path, cancel, headers)).Status;

    /// <summary>The same, with the body.</summary>
    internal Task<(HttpStatusCode Status, string Body)> FetchAsync(
        string path,
        CancellationToken cancel,
        params (string Name, string Value)[] headers) => FetchAsync(HttpMethod.Get, path, cancel, headers);

    private async Task<(HttpStatusCode Status, string Body)> FetchAsync(
        HttpMethod method,
        string path,
        CancellationToken cancel,
        (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, cancel);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
        }
        catch (HttpRequestException failure)
        {
            throw new InvalidOperationException($"{method} {path} had no answer. The balancer printed:\n{_balancer.Process.Output}", failure);
        }
    }

    /// <summary>Sends SIGTERM, waits for the exit and returns the exit code.</summary>
    internal Task<int> StopAsync(CancellationToken cancel)
    {
        _balancer.Process.Signal("TERM");
        return _balancer.Process.ExitCodeAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _balancer.DisposeAsync();
        foreach (var backend in Backends)
            await backend.DisposeAsync();
        await _collector.DisposeAsync();
    }
}
