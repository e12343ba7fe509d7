namespace AspireLB.AppHost.Servers;

/// <summary>A Python interpreter that can run the servers.</summary>
/// <param name="Path">Full path of the interpreter.</param>
/// <param name="HasFlask">Whether Flask is installed; if not, a virtual environment is needed.</param>
internal sealed record Python(string Path, bool HasFlask)
{
    private const int WithoutFlask = 3;

    private const string Check =
        "import sys, importlib.util as util; print(sys.executable); "
        + "sys.exit(1 if sys.version_info < (3, 9) else 0 if util.find_spec('flask') else 3)";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Checks the interpreter that the variable PYTHON names, or else backends/.venv and then the usual names. Takes the first that has Flask;
    /// if none has it, takes the first that is new enough.
    /// </summary>
    /// <returns>The interpreter, or null and what the user can do.</returns>
    public static async Task<(Python? Python, string Reason)> FindAsync(string directory, string? named)
    {
        string[] candidates = named is { Length: > 0 } ? [named] : [InEnvironment(directory), "python3", "/usr/bin/python3", "python"];
        Python? bare = null;
        foreach (var candidate in candidates)
        {
            var answer = await Tool.RunAsync(candidate, ["-c", Check], Patience);
            if (answer.Succeeded)
                return (new Python(answer.Output.Trim(), HasFlask: true), "");
            if (answer.ExitCode == WithoutFlask)
                bare ??= new Python(answer.Output.Trim(), HasFlask: false);
        }
        return (bare, named is { Length: > 0 }
            ? $"PYTHON is \"{named}\", which cannot be run as a Python 3.9 or newer: set it to the path of one, or unset it."
            : "The Flask servers need Python 3.9 or newer, and none was found as python3 or python: install it, or set PYTHON to its path.");
    }

    /// <summary>The interpreter of the servers' virtual environment.</summary>
    public static string InEnvironment(string directory) => OperatingSystem.IsWindows()
        ? System.IO.Path.Combine(directory, ".venv", "Scripts", "python.exe")
        : System.IO.Path.Combine(directory, ".venv", "bin", "python");
}
