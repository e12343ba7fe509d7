using System.Diagnostics;
using System.Text;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>A program to run. <paramref name="Environment"/> is laid over the host's own.</summary>
internal sealed record ProcessCommand(string Program, IReadOnlyList<string> Arguments, string? Directory = null, IReadOnlyDictionary<string, string>? Environment = null)
{
    private static readonly string? SetSid = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    /// <summary>How to start it in the host's own process group: for short commands.</summary>
    public ProcessStartInfo ToStartInfo() => Start(Program, Arguments);

    /// <summary>
    /// How to start it so that Ctrl+C in the host's terminal, which goes to every process of the group in front, does not reach it: it has to
    /// wait for its turn to stop. The process id is that of the program in each case.
    /// </summary>
    public ProcessStartInfo ToDetachedStartInfo()
    {
        if (OperatingSystem.IsWindows())
        {
            var start = Start(Program, Arguments);
            start.CreateNewProcessGroup = true;
            return start;
        }
        if (SetSid is not null)
            return Start(SetSid, [Program, .. Arguments]);

        // macOS has no setsid. A shell drops variables whose names it could not have set itself, as in services__server-1__http__0; env sets them again.
        var dropped = Environment?.Where(variable => variable.Key.Contains('-')).Select(variable => $"{variable.Key}={variable.Value}") ?? [];
        return Start("/bin/sh", ["-c", "trap '' INT QUIT HUP; exec env \"$@\"", "sh", .. dropped, Program, .. Arguments]);
    }

    private ProcessStartInfo Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Directory ?? "",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
