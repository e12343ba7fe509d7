using System.Diagnostics;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>A running process of a resource: its lines go to the log as they come.</summary>
internal sealed class ChildProcess
{
    /// <summary>A process that ended may have handed its output to others that still run; they are not waited for longer than this.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> line, TimeProvider time)
    {
        _process = process;
        process.StandardInput.Close();
        Ended = EndAsync(Task.WhenAll(ReadAsync(process.StandardOutput, line), ReadAsync(process.StandardError, line)), time);
    }

    public int Id => _process.Id;

    /// <summary>Completes with the exit code when the process has ended and its output is read; 128 plus the signal where a signal ended it.</summary>
    public Task<int> Ended { get; }

    public static async Task<ChildProcess> StartAsync(LaunchThread thread, ProcessCommand command, Action<string> line, TimeProvider time) =>
        new(await thread.StartAsync(command.ToDetachedStartInfo()), line, time);

    /// <summary>Asks the process to end.</summary>
    public void Terminate()
    {
        if (OperatingSystem.IsWindows())
            Kill(); // Windows has no request that a process without a window or console would hear.
        else if (!_process.HasExited)
            Unix.Signal(_process.Id, Unix.Terminate);
    }

    /// <summary>Ends the process and what it started.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Ended meanwhile.
        }
    }

    private async Task<int> EndAsync(Task output, TimeProvider time)
    {
        await _process.WaitForExitAsync();
        await Task.WhenAny(output, Task.Delay(OutputGrace, time));
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> line)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } text)
                line(text);
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The pipe broke with the process; its exit code says the rest.
        }
    }
}
