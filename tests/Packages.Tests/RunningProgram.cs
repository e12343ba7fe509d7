using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.Packages.Tests;

/// <summary>Runs a program that listens on a free port, with a client for it.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private RunningProgram(ChildProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    /// <summary>Starts an ASP.NET Core program with its own directory as the content root.</summary>
    public static Task<RunningProgram> StartAsync(string program, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(
            "dotnet",
            [program, "--urls", "http://127.0.0.1:0", .. arguments],
            "Now listening on: ",
            cancellationToken,
            Path.GetDirectoryName(program));

    /// <param name="file">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="announcement">The text before the address in its output.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="directory">Its working directory.</param>
    public static async Task<RunningProgram> StartAsync(
        string file, IEnumerable<string> arguments, string announcement, CancellationToken cancellationToken, string? directory = null)
    {
        var process = ChildProcess.Start(file, arguments, directory: directory);
        try
        {
            var line = await process.LineAsync(text => text.Contains(announcement, StringComparison.Ordinal), cancellationToken);
            return new(process, new(line.Split(announcement)[1].Split(',')[0].Trim()));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }
}
