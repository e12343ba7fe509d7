namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Creates a folder of shell scripts that stand in for programs.</summary>
internal sealed class Scripts : IDisposable
{
    public Scripts() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");

    public string Folder { get; } = Directory.CreateTempSubdirectory("aspirelb-tests-").FullName;

    /// <summary>An environment whose PATH finds the scripts before the real programs.</summary>
    public Dictionary<string, string?> Environment => new() { ["PATH"] = $"{Folder}:{System.Environment.GetEnvironmentVariable("PATH")}" };

    /// <returns>The script's path.</returns>
    public string Add(string name, string commands)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{commands}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
