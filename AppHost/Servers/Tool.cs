using System.ComponentModel;
using System.Diagnostics;

namespace AspireLB.AppHost.Servers;

/// <summary>The result of a short command: its exit code and its output.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last line of its output, where tools usually report the error.</summary>
    public string Reason =>
        (Lines(Errors).LastOrDefault() ?? Lines(Output).LastOrDefault() ?? $"exit code {ExitCode}").TrimEnd('.');

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs short commands to completion.</summary>
internal static class Tool
{
    private const int NotFound = 127;
    private const int TimedOut = 124;

    /// <summary>
    /// Runs a program. As in a shell, the exit code is 127 if the program does not exist, and 124 if it is killed for exceeding
    /// <paramref name="limit"/>.
    /// </summary>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception problem)
        {
            return new ToolResult(NotFound, "", $"{program}: {problem.Message}");
        }

        using (process)
        using (var timeout = new CancellationTokenSource(limit, TimeProvider.System))
        {
            try
            {
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
                var errors = process.StandardError.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                return new ToolResult(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new ToolResult(TimedOut, "", $"{program} did not end within {limit.TotalSeconds:0} s");
            }
        }
    }
}
