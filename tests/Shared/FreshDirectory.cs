using System.Diagnostics;

namespace AspireLB.Tests.Shared;

/// <summary>
/// A directory outside the repository with packages of it, for projects that know nothing else of the repository. Packages get a version of this
/// process alone, whose copies in the machine's cache are removed afterwards.
/// </summary>
public sealed class FreshDirectory : IDisposable
{
    /// <summary>The version of all packages.</summary>
    public static readonly string Version = $"0.0.0-test{Environment.ProcessId}";

    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-package-");

    public FreshDirectory() => Write("nuget.config", """
        <configuration><packageSources><add key="aspirelb-test" value="feed" /></packageSources></configuration>
        """);

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Where the packages are.</summary>
    public string Feed => PathOf("feed");

    /// <summary>The path of a built program of the repository.</summary>
    public static string BuiltProgram(string project, string name) =>
        Path.Combine(Repository, project, "bin", Configuration, "net10.0", $"{name}.dll");

    public string PathOf(params string[] parts) => Path.Combine([_directory.FullName, .. parts]);

    /// <summary>Packs a project as it was built.</summary>
    public Task PackAsync(string project, CancellationToken cancellationToken) =>
        RunAsync(
            cancellationToken,
            "pack", Path.Combine(Repository, project), "--no-build", "-c", Configuration, "-o", Feed,
            "-p:MinVerSkip=true", $"-p:PackageVersion={Version}");

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Runs the dotnet command in the directory; fails with its output where it does not succeed.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _directory.FullName, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, output);
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        ForgetCached();
    }

    private static void ForgetCached()
    {
        var root = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (!Directory.Exists(root))
            return;
        foreach (var cached in Directory.GetDirectories(root, "aspirelb*").Select(package => Path.Combine(package, Version)).Where(Directory.Exists))
            Directory.Delete(cached, recursive: true);
    }

    private static string FindRepository(DirectoryInfo? directory) => directory switch
    {
        null => throw new InvalidOperationException("AspireLB.sln is not above the tests."),
        _ when File.Exists(Path.Combine(directory.FullName, "AspireLB.sln")) => directory.FullName,
        _ => FindRepository(directory.Parent),
    };
}
