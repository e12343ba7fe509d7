using System.Globalization;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>One of the project's Flask backends, as a process on a free port.</summary>
public sealed class FlaskServer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private FlaskServer(string name, int port, ChildProcess process) => (Name, Port, _process) = (name, port, process);

    public string Name { get; }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public ChildProcess Process => _process;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="name">Its name, shown in its greeting.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="port">0: a free one; otherwise for a server that restarts on its old port.</param>
    public static async Task<FlaskServer> StartAsync(string name, CancellationToken cancellationToken, int port = 0)
    {
        var process = ChildProcess.Start(Repository.Python, [Repository.File("backends/server.py"), name, port.ToString(
            CultureInfo.InvariantCulture), "--quiet"],
            new Dictionary<string, string?> { ["EXIT_WITH_PARENT"] = "1" });
        var line = await process.LineAsync(text => text.Contains("listening on http://", StringComparison.Ordinal), cancellationToken);
        var listening = new Uri(line.Split("listening on ")[1].Split(' ')[0]);
        return new(name, listening.Port, process);
    }

    /// <summary>Starts server-1 to server-<paramref name="count"/>, side by side.</summary>
    public static async Task<FlaskServer[]> StartManyAsync(int count, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(1, count).Select(i => StartAsync($"server-{i}", cancellationToken)));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
