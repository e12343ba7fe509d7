using System.ComponentModel;
using System.Diagnostics;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>How a short command ended: its exit code, and what it wrote.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last line of what it complained about, which is where tools say what is wrong.</summary>
    public string Reason =>
        $"{Output}\n{Errors}".Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? $"exit code {ExitCode}";
}

/// <summary>Runs short commands to their end.</summary>
internal static class Tool
{
    private const int NotFound = 127;

    /// <summary>A program that is not there gives exit code 127, as in a shell. Cancelling ends the program.</summary>
    public static async Task<ToolResult> RunAsync(ProcessCommand command, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = Process.Start(command.ToStartInfo())!;
        }
        catch (Win32Exception problem)
        {
            return new ToolResult(NotFound, "", $"{command.Program}: {problem.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(cancellation);
                var errors = process.StandardError.ReadToEndAsync(cancellation);
                await process.WaitForExitAsync(cancellation);
                return new ToolResult(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
