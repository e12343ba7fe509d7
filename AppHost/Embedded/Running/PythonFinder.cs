namespace AspireLB.AppHost.Embedded.Running;

/// <summary>
/// Finds a Python that has Flask: the one that <c>PYTHON</c> names, else the app's own virtual environment, else the usual names. Where
/// none has Flask, makes the virtual environment and installs requirements.txt into it.
/// </summary>
internal sealed class PythonFinder(Func<string, string?> environment, Action<string> say, TimeProvider time)
{
    private const int WithoutFlask = 3;
    private const string Check = $"import sys, importlib.util as util; print(sys.executable); sys.exit(0 if sys.version_info >= (3, 9) and util.find_spec('flask') else 3)";

    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(2);

    /// <returns>Full path of the interpreter.</returns>
    /// <exception cref="PrerequisiteException">There is none, and none could be made.</exception>
    public async Task<string> FindAsync(string appDirectory, CancellationToken cancellation)
    {
        var virtualEnvironment = Path.Combine(appDirectory, ".venv");
        var named = environment("PYTHON");
        string[] candidates = named is { Length: > 0 } ? [named] : [Interpreter(virtualEnvironment), "python3", "python", "/usr/bin/python3"];

        string? bare = null;
        foreach (var candidate in candidates)
        {
            if (Path.IsPathRooted(candidate) && !File.Exists(candidate))
                continue;
            var result = await Tool.RunAsync(new ProcessCommand(candidate, ["-c", Check]), cancellation);
            if (result.Succeeded)
                return result.Output.Trim();
            if (result.ExitCode == WithoutFlask)
                bare ??= result.Output.Trim();
        }

        if (bare is not null)
            return await InstallAsync(bare, appDirectory, virtualEnvironment, cancellation);
        throw new PrerequisiteException(named is { Length: > 0 }
            ? $"PYTHON is \"{named}\", which cannot be run as a Python: set it to the path of a Python 3.9 or newer, or unset it."
            : "The Flask servers need Python 3.9 or newer and none was found as python3 or python: install it, or set PYTHON to its path.");
    }

    private async Task<string> InstallAsync(string python, string appDirectory, string virtualEnvironment, CancellationToken cancellation)
    {
        say($"{python} has no Flask: installing {Path.Combine(appDirectory, "requirements.txt")} into {virtualEnvironment}");
        using var timeout = new CancellationTokenSource(InstallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        string reason;
        try
        {
            var interpreter = Interpreter(virtualEnvironment);
            var result = await Tool.RunAsync(new ProcessCommand(python, ["-m", "venv", "--clear", virtualEnvironment]), either.Token);
            if (result.Succeeded)
            {
                result = await Tool.RunAsync(new ProcessCommand(interpreter,
                    ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "1", "-r", "requirements.txt"], appDirectory), either.Token);
            }
            if (result.Succeeded)
                return interpreter;
            reason = result.Reason.TrimEnd('.');
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            reason = $"not done after {InstallTimeout.TotalMinutes:0} minutes";
        }
        Remove(virtualEnvironment);
        throw new PrerequisiteException(
            $"{python} has no Flask and it could not be installed ({reason}): run `{python} -m pip install -r {Path.Combine(appDirectory, "requirements.txt")}`, or set PYTHON to the path of a Python that has it.");
    }

    private static string Interpreter(string virtualEnvironment) =>
        OperatingSystem.IsWindows() ? Path.Combine(virtualEnvironment, "Scripts", "python.exe") : Path.Combine(virtualEnvironment, "bin", "python");

    /// <summary>A half-made environment would be in the way of the next attempt.</summary>
    private static void Remove(string virtualEnvironment)
    {
        try
        {
            Directory.Delete(virtualEnvironment, recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The next attempt clears it (venv --clear).
        }
    }
}
