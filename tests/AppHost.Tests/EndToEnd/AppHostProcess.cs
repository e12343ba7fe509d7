using System.Diagnostics;
using System.Reflection;
using AspireLB.AppHost.Options;

namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Runs a real AppHost as a process, with its own ports. After the test, everything that it started has ended.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private const int SigTerm = 15;

    private static readonly string DotNet =
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private static readonly string Configuration =
        typeof(AppHostProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The project's directory, which Aspire's build records in the assembly.</summary>
    private static readonly string ProjectDirectory = typeof(AppHostOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(data => data.Key.Equals("AppHostProjectPath", StringComparison.OrdinalIgnoreCase)).Value!;

    /// <summary>The program in its own output folder; the copy beside the tests lacks the assemblies that the test framework provides.</summary>
    private static readonly string Program = Path.Combine(ProjectDirectory, "bin", Configuration, "net10.0", "AppHost.dll");

    private readonly Process _process;
    private string? _orchestratorFolder;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly HashSet<int> _seen = [];
    private readonly Task _output;

    private AppHostProcess(ProcessStartInfo start, int[] ports)
    {
        Ports = ports;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>The ports of the balancer, its console and the dashboard, followed by those of the servers.</summary>
    public int[] Ports { get; }

    public LogLines Log { get; } = new();

    public string AllLines => string.Join('\n', Log.All);

    /// <summary>The address of a name in the table on the console. Wait until everything is up first.</summary>
    public string Row(string name) => Log.All.Single(line => line.StartsWith($"  {name} ", StringComparison.Ordinal)).Split(' ')[^1];

    /// <summary>Starts the AppHost with a number of servers on free ports, and further options.</summary>
    public static AppHostProcess Start(int servers, string[]? options = null, Dictionary<string, string?>? environment = null)
    {
        var ports = FreePorts.Take(servers + 3);
        return new(StartInfo(DotNet, [Program, .. PortOptions(ports), .. options ?? []], environment), ports);
    }

    /// <summary>Starts it with `dotnet run`, as people do, without building again.</summary>
    public static AppHostProcess StartWithDotNetRun(int servers)
    {
        var ports = FreePorts.Take(servers + 3);
        string[] run = ["run", "--project", ProjectDirectory, "--no-build", "--configuration", Configuration, "--", .. PortOptions(ports)];
        return new(StartInfo(DotNet, run, null), ports);
    }

    /// <summary>Starts it with exactly these arguments.</summary>
    public static AppHostProcess StartWith(params string[] args) => new(StartInfo(DotNet, [Program, .. args], null), []);

    public async Task<AppHostProcess> UntilUpAsync()
    {
        var up = Log.WaitForAsync("  stop:");
        if (await Task.WhenAny(up, _process.WaitForExitAsync()) != up)
            await _output;
        Assert.True(
            up.IsCompleted || Log.All.Any(line => line.Contains("  stop:", StringComparison.Ordinal)), $"The AppHost did not come up:\n{AllLines}");
        await up;
        NoteDescendants();
        return this;
    }

    /// <summary>Sends a number of requests to the balancer, one after another, and returns the response bodies.</summary>
    public async Task<List<string>> AskAsync(int times)
    {
        var answers = new List<string>();
        try
        {
            while (answers.Count < times)
                answers.Add(await _client.GetStringAsync($"http://localhost:{Ports[0]}/", TestContext.Current.CancellationToken));
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            Assert.Fail($"Request {answers.Count + 1} failed: {problem.Message}\n{AllLines}");
        }
        return answers;
    }

    /// <summary>The response of each server, in their order.</summary>
    public IEnumerable<string> Greetings => Ports[3..].Select((port, index) => $"Hello from server-{index + 1} running on port {port}!");

    /// <summary>Process id of the running Flask server with this name.</summary>
    public int ServerId(string name) =>
        NoteDescendants().Single(id => ProcessTable.CommandLine(id).Contains($"server.py {name}", StringComparison.Ordinal));

    public void Signal(int signal) => ProcessTable.Signal(Id, signal);

    public async Task<int> ExitCodeAsync()
    {
        NoteDescendants();
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It has not ended. (Where SIGINT is ignored, as in the background of a shell, it ignores it too.)\n{AllLines}");
        }

        await _output.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until every process that the AppHost started has ended and its ports are free.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Remains() is { Count: > 0 } remains)
        {
            Assert.False(timeout.IsCancellationRequested, $"Left behind: {string.Join(", ", remains)}\n{AllLines}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Gives the host time to stop, so that it removes its containers; then kills every process that remains.</summary>
    public async ValueTask DisposeAsync()
    {
        NoteDescendants();
        if (ProcessTable.IsRunning(Id))
            Signal(SigTerm);
        await Task.WhenAny(_process.WaitForExitAsync(CancellationToken.None), Task.Delay(Patience, CancellationToken.None));
        foreach (var id in _seen.Append(Id).Where(ProcessTable.IsRunning))
            ProcessTable.Signal(id, 9);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _client.Dispose();
        Log.Dispose();
    }

    private List<string> Remains() =>
    [
        .. _seen.Where(ProcessTable.IsRunning).Select(id => $"process {id} ({ProcessTable.CommandLine(id)})"),
        .. _orchestratorFolder is { } folder && Directory.Exists(folder) ? [$"folder {folder}"] : Array.Empty<string>(),
        .. Ports.Where(port => !FreePorts.IsFree(port)).Select(port => $"port {port}"),
    ];

    private IReadOnlyList<int> NoteDescendants()
    {
        var running = ProcessTable.Descendants(Id);
        _seen.UnionWith(running);
        _orchestratorFolder ??= ProcessTable.OrchestratorFolder(running);
        return running;
    }

    private static string[] PortOptions(int[] ports) =>
    [
        $"--LoadBalancer:Port={ports[0]}", $"--LoadBalancer:AdminPort={ports[1]}",
        $"--Backends:Ports={string.Join(',', ports[3..])}", $"--Dashboard:Port={ports[2]}",
    ];

    private static ProcessStartInfo StartInfo(string program, string[] arguments, Dictionary<string, string?>? environment)
    {
        Assert.SkipUnless(ProcessTable.IsAvailable, "needs /proc to see what is left behind");
        var start = new ProcessStartInfo(program, arguments)
        {
            // Use a different directory: the program must not depend on its working directory.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return start;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            Log.WriteLine(line);
    }
}
