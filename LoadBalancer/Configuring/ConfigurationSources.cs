using Microsoft.Extensions.Configuration.Json;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads all sources of the application's configuration anew, into a copy that does not change while it is looked at. A file that can't be read
/// counts with the content that is in effect.
/// </summary>
internal sealed class ConfigurationSources
{
    /// <summary>
    /// Turns the host's own watching of files off: it watches every folder below the working directory, however many there are, and ends the
    /// process when a file it reloads can't be parsed.
    /// </summary>
    public const string WithoutWatching = "--hostBuilder:reloadConfigOnChange=false";

    private readonly ConfigurationManager _live;
    private readonly Dictionary<IConfigurationSource, KeptFile> _files;

    public ConfigurationSources(ConfigurationManager live)
    {
        _live = live;
        _files = live.Sources.OfType<JsonConfigurationSource>().ToDictionary(source => (IConfigurationSource)source, KeptFile.Behind);
        AtStart = Inspect();
    }

    /// <summary>The files as they were when the process read them first.</summary>
    public FilesSnapshot AtStart { get; }

    /// <summary>Looks at the files' content. Times are no measure: a Kubernetes volume swaps the folder behind a link.</summary>
    public FilesSnapshot Inspect()
    {
        var looks = _files.Values.Select(file => (file.Name, Look: file.Inspect())).ToList();
        return new(
            string.Join('|', looks.Select(file => file.Look.Fingerprint)),
            looks.Where(file => file.Look.Loss is not null).ToDictionary(file => file.Name, file => file.Look.Loss!, StringComparer.Ordinal));
    }

    /// <exception cref="InvalidDataException">A file can't be parsed; the message names it and the place.</exception>
    public ReadSources Read()
    {
        var copy = new ConfigurationBuilder();
        var contents = new Dictionary<KeptFile, byte[]>();
        foreach (var source in _live.Sources)
        {
            if (!_files.TryGetValue(source, out var file))
                copy.Add(source);
            else if (file.Inspect().Content is { } content)
                copy.Add(new FileContentSource(file.Name, contents[file] = content));
        }

        return new(copy.Build(), contents);
    }

    /// <summary>Has what reads the live configuration (log levels) follow what <see cref="Read"/> gave and has been applied.</summary>
    public void RefreshLive() => ((IConfigurationRoot)_live).Reload();
}

/// <summary>What the files say at one moment.</summary>
/// <param name="Fingerprint">Changes when any content that counts does.</param>
/// <param name="Lost">The files that were read before and can't be read now, each with the reason.</param>
internal sealed record FilesSnapshot(string Fingerprint, IReadOnlyDictionary<string, string> Lost);

/// <summary>All sources, read at one moment.</summary>
internal sealed class ReadSources(IConfigurationRoot root, IReadOnlyDictionary<KeptFile, byte[]> contents)
{
    public IConfigurationRoot Root => root;

    /// <summary>Declares them to be in effect: from now on each file's content stands in for it while it can't be read.</summary>
    public void Keep()
    {
        foreach (var (file, content) in contents)
            file.Keep(content);
    }
}
