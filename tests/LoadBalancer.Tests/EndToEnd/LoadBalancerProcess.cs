using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>The balancer as a real process, on free ports.</summary>
public sealed class LoadBalancerProcess : IAsyncDisposable
{
    private LoadBalancerProcess(ChildProcess process, Uri url, Uri admin)
    {
        Process = process;
        Url = url;
        Admin = new HttpClient { BaseAddress = admin };
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = url };
    }

    public ChildProcess Process { get; }

    /// <summary>URL of the data listener.</summary>
    public Uri Url { get; }

    /// <summary>A client of the data listener.</summary>
    public HttpClient Client { get; }

    /// <summary>A client of the admin listener.</summary>
    public HttpClient Admin { get; }

    // The balancer reads configuration from its working directory, so use one without any.
    private static readonly Lazy<string> Elsewhere = new(
        () => Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "elsewhere")).FullName);

    /// <summary>The managed build, beside the tests.</summary>
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "LoadBalancer.dll");

    /// <summary>
    /// The command that runs the balancer: the program that <c>ASPIRELB_PROGRAM</c> names, such as a native one (./test.sh --native), or else the
    /// managed build beside the tests.
    /// </summary>
    public static string[] Command { get; } = Environment.GetEnvironmentVariable("ASPIRELB_PROGRAM") is { Length: > 0 } program
        ? [program]
        : ["dotnet", Assembly];

    /// <summary>Starts a balancer with this limit of open files.</summary>
    public static Task<LoadBalancerProcess> StartWithFewFilesAsync(
        int files,
        IEnumerable<string> backends,
        CancellationToken cancellationToken,
        params string[] more) =>
        StartByShellAsync($"ulimit -n {files}", backends, cancellationToken, more);

    /// <summary>Starts a balancer from a shell that first runs this command, to set what the process inherits.</summary>
    public static Task<LoadBalancerProcess> StartByShellAsync(
        string first,
        IEnumerable<string> backends,
        CancellationToken cancellationToken,
        params string[] more) =>
        StartAsync(
            ChildProcess.Start(
                "sh",
                ["-c", $"{first}; exec \"$@\"", "sh", .. Command, .. Addresses, "--Backends", string.Join(',', backends), .. more],
                directory: Elsewhere.Value),
            cancellationToken);

    /// <summary>Runs the balancer with these arguments without waiting for it.</summary>
    public static ChildProcess Run(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? directory = null) =>
        ChildProcess.Start(Command[0], [.. Command[1..], .. arguments], environment, directory ?? Elsewhere.Value);

    /// <summary>Starts a balancer before these backends and waits until it is ready.</summary>
    public static Task<LoadBalancerProcess> StartAsync(IEnumerable<string> backends, CancellationToken cancellationToken, params string[] more) =>
        StartAsync(["--Backends", string.Join(',', backends), .. more], environment: null, cancellationToken);

    /// <summary>Starts a balancer with these arguments besides its addresses and waits until it is ready.</summary>
    public static Task<LoadBalancerProcess> StartAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment,
        CancellationToken cancellationToken,
        string? directory = null) =>
        StartAsync(Run([.. Addresses, .. arguments], environment, directory), cancellationToken);

    private static string[] Addresses => ["--Urls", "http://127.0.0.1:0", "--Admin:Urls", "http://127.0.0.1:0"];

    private static async Task<LoadBalancerProcess> StartAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            var admin = await UrlAfterAsync(process, "Admin API on ", cancellationToken);
            var url = await UrlAfterAsync(process, "Listening on ", cancellationToken);
            var balancer = new LoadBalancerProcess(process, url, admin);
            await Eventually.TrueAsync(
                async () => (await balancer.Admin.GetAsync("/health", cancellationToken)).IsSuccessStatusCode, cancellationToken, "ready");
            return balancer;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The admin API's view of a backend.</summary>
    public async Task<JsonNode> BackendAsync(string name, CancellationToken cancellationToken) =>
        (await Admin.GetFromJsonAsync<JsonArray>("/api/backends", cancellationToken))!.Single(backend => (string?)backend!["name"] == name)!;

    /// <summary>Waits until the admin API shows a backend in this state.</summary>
    public Task BackendIsAsync(string name, string state, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(
            async () => (string?)(await BackendAsync(name, cancellationToken))["state"] == state, cancellationToken, $"backend {name} is {state}");

    /// <summary>Waits until the log shows exactly these states of a backend; requests then follow the last one.</summary>
    public async Task StateChangedAsync(string backend, string[] changes, CancellationToken cancellationToken)
    {
        await Eventually.TrueAsync(
            () => StateChanges(backend).Count() >= changes.Length, cancellationToken, $"{backend} {string.Join(", then ", changes)}");
        Assert.Equal(changes, StateChanges(backend));
    }

    /// <summary>The states of a backend in the log, in order: "is up", "is down".</summary>
    public IEnumerable<string> StateChanges(string backend) =>
        Process.Output.Split('\n').Where(line => line.Contains($" {backend} (", StringComparison.Ordinal))
            .Select(line => line.Contains(
                " is up",
                StringComparison.Ordinal) ? "is up" : line.Contains(" is down", StringComparison.Ordinal) ? "is down" : "")
            .Where(change => change.Length > 0);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task<Uri> UrlAfterAsync(ChildProcess process, string words, CancellationToken cancellationToken)
    {
        var line = await process.LineAsync(text => text.Contains(words, StringComparison.Ordinal), cancellationToken);
        return new(line.Split(words)[1].Split(',')[0].Trim());
    }
}
