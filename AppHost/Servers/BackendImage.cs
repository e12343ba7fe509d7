using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AspireLB.AppHost.Options;

namespace AspireLB.AppHost.Servers;

/// <summary>The one image of all Flask containers, built before the model is made, so that a failure is known in time.</summary>
internal static class BackendImage
{
    public const string Name = "aspirelb-backend";

    /// <summary>The build may have to pull the base image and to install packages over a slow line.</summary>
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    /// <summary>What a change of makes another image. Tests and virtual environments do not go into it.</summary>
    private static readonly string[] Inputs =
        ["Dockerfile", "requirements.txt", "requirements-server.txt", "requirements-otel.txt", "server.py", "healthcheck.py"];

    /// <summary>Takes the image that is there already, or builds it and sees to it that it is removed when this process has ended.</summary>
    /// <returns>The image's tag, or null and why it could not be built.</returns>
    public static async Task<(string? Tag, string Reason)> EnsureAsync(ContainerEngine engine, string directory, AppHostOptions options)
    {
        var tag = Hash(directory, options);
        var image = $"{Name}:{tag}";
        if (await engine.HasImageAsync(image))
            return (tag, "");

        Console.WriteLine($"Building the image {image} with {engine.Program}.");
        // Without layers podman leaves no nameless images behind.
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
    /// Leaves a shell waiting for the end of this process, however it ends, and lets it remove the image: the engine refuses as long as a
    /// container uses it. On Windows the image stays.
    /// </summary>
    private static void RemoveAfterwards(ContainerEngine engine, string image)
    {
        if (OperatingSystem.IsWindows())
            return;
        const string Wait = "trap '' INT HUP TERM; cat; for _ in $(seq 60); do \"$0\" image rm \"$1\" && exit; sleep 1; done";
        string[] arguments = ["-c", $"exec >/dev/null 2>&1; {Wait}", engine.Program, image];
        var remover = Process.Start(new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardInput = true })!;
        // Refers to the pipe as long as this process lives; its end is what the shell waits for.
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
