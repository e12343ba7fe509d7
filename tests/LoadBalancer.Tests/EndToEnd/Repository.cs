using System.Diagnostics;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>Where the project's files are.</summary>
internal static class Repository
{
    private static readonly Lazy<string> PythonWithFlask = new(FindPython);

    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>A Python that has Flask.</summary>
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
        return candidates.FirstOrDefault(candidate => candidate.Length > 0 && HasFlask(candidate))
            ?? throw new InvalidOperationException("No Python with Flask: pip install -r backends/requirements.txt");
    }

    private static bool HasFlask(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import flask"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
