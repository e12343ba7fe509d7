using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AspireLB.AppHost.Options;

namespace AspireLB.AppHost.Servers;

/// <summary>The image shared by all Flask containers. It is built before the model, so that a failure is known early enough to fall back.</summary>
internal static class BackendImage
{
    public const string Name = "aspirelb-backend";

    /// <summary>The build may have to pull the base image and install packages over a slow connection.</summary>
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <summary>Files whose content determines the image's tag. Tests and virtual environments are not part of the image.</summary>
    private static readonly string[] Inputs =
        ["Dockerfile", "requirements.txt", "requirements-server.txt", "requirements-otel.txt", "server.py", "healthcheck.py"];

    /// <summary>Uses the existing image, or builds it and arranges its removal after this process has ended.</summary>
    /// <returns>The image's tag, or null and the reason why it could not be built.</returns>
    public static async Task<(string? Tag, string Reason)> EnsureAsync(ContainerEngine engine, string directory, AppHostOptions options)
    {
        var tag = Hash(directory, options);
        var image = $"{Name}:{tag}";
        if (await engine.HasImageAsync(image))
            return (tag, "");

        Console.WriteLine($"Building the image {image} with {engine.Program}.");
        // With --layers=false podman leaves no untagged images behind.
        string[] layers = engine.Program == "podman" ? ["--layers=false"] : [];
        var built = await Tool.RunAsync(engine.Program,
        [
            "build", "--tag", image, .. layers, .. options.BuildFlags,
            .. options.BuildArguments.SelectMany(argument => new[] { "--build-arg", $"{argument.Key}={argument.Value}" }),
            directory,
        ], BuildLimit);
        if (!built.Succeeded)
            return (null, $"{engine.Program} can't build the image: {built.Reason}");
        if (!options.KeepImage)
            RemoveAfterwards(engine, image);
        return (tag, "");
    }

    /// <summary>
    /// Starts a shell that waits for this process to end, in whatever way, and then removes the image. The shell tries repeatedly, because the
    /// engine refuses while a container uses the image. On Windows the image stays.
    /// </summary>
    private static void RemoveAfterwards(ContainerEngine engine, string image)
    {
        if (OperatingSystem.IsWindows())
            return;
        const string Wait = "trap '' INT HUP TERM; cat; for _ in $(seq 60); do \"$0\" image rm \"$1\" && exit; sleep 1; done";
        string[] arguments = ["-c", $"exec >/dev/null 2>&1; {Wait}", engine.Program, image];
        var remover = Process.Start(new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardInput = true })!;
        // The handler keeps the pipe referenced, and so open, while this process lives; the shell waits for it to close.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => remover.StandardInput.Dispose();
    }

    private static string Hash(string directory, AppHostOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Inputs.Concat(Sources(directory)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(Path.Combine(directory, file)));
        }
        foreach (var (name, value) in options.BuildArguments.OrderBy(argument => argument.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}={value}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static IEnumerable<string> Sources(string directory) =>
        Directory.EnumerateFiles(Path.Combine(directory, "backend"), "*.py", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path))
            .Order(StringComparer.Ordinal);
}
