using System.Diagnostics;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Locates the project's files.</summary>
internal static class Repository
{
    private static readonly Lazy<string> PythonWithFlask = new(FindPython);

    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>A Python interpreter with Flask.</summary>
    public static string Python => PythonWithFlask.Value;

    public static string File(string path) => Path.Combine(Root, path);

    private static string Find(DirectoryInfo? directory) => directory switch
    {
        null => throw new InvalidOperationException("AspireLB.sln is not above the tests."),
        _ when directory.GetFiles("AspireLB.sln").Length > 0 => directory.FullName,
        _ => Find(directory.Parent),
    };

    private static string FindPython()
    {
        string[] candidates = [Environment.GetEnvironmentVariable("PYTHON") ?? "", "python3", "/usr/bin/python3", "python"];
        return candidates.Where(candidate => candidate.Length > 0).Select(WithFlask).FirstOrDefault(python => python is not null)
            ?? throw new InvalidOperationException("No Python with Flask: pip install -r backends/requirements.txt");
    }

    /// <summary>
    /// The executable behind a name, which may be a slow script of a version manager; null if there is none, or
    /// it has no Flask.
    /// </summary>
    private static string? WithFlask(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                python,
                ["-c", "import flask, sys; print(sys.executable)"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var program = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? program : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
