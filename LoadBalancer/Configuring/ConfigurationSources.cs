using System.IO.Hashing;
using Microsoft.Extensions.Configuration.Json;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads all sources of the application's configuration anew, into a copy that does not change while it is looked at. The live
/// configuration empties a file's keys when the file turns unreadable, which would look like a wish to remove everything.
/// </summary>
internal sealed class ConfigurationSources(ConfigurationManager live)
{
    /// <summary>
    /// Turns the host's own watching of files off: it watches every folder below the working directory, however many there are, and ends the
    /// process when a file it reloads can't be parsed.
    /// </summary>
    public const string WithoutWatching = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>The files as they were when the process read them first.</summary>
    public string AtStart { get; } = FingerprintOf(live);

    /// <summary>Changes when what stands in a file does. Times are no measure: a Kubernetes volume swaps the folder behind a link.</summary>
    public string Fingerprint() => FingerprintOf(live);

    /// <exception cref="InvalidDataException">A file can't be parsed; the message names it and the place.</exception>
    public IConfigurationRoot Read()
    {
        var copy = new ConfigurationBuilder();
        foreach (var source in live.Sources)
            copy.Add(source is JsonConfigurationSource file ? Copy(file) : source);
        return copy.Build();
    }

    /// <summary>Has what reads the live configuration (log levels) follow; only after all of it has been read well.</summary>
    public void RefreshLive() => ((IConfigurationRoot)live).Reload();

    private static string FingerprintOf(ConfigurationManager configuration) => string.Join('|', configuration.Sources.OfType<FileConfigurationSource>()
        .Select(file => file.FileProvider?.GetFileInfo(file.Path!))
        .Select(file => file is { Exists: true, PhysicalPath: { } path } ? HashOf(path) : "none"));

    private static string HashOf(string path)
    {
        try
        {
            // Not a cryptographic one, which would bring OpenSSL into the process.
            return Convert.ToHexString(XxHash128.Hash(File.ReadAllBytes(path)));
        }
        catch (IOException)
        {
            return "unreadable";
        }
    }

    private static JsonConfigurationSource Copy(JsonConfigurationSource file) =>
        new() { FileProvider = file.FileProvider, Path = file.Path!, Optional = file.Optional, ReloadOnChange = false };
}
