using Microsoft.Extensions.Configuration.Json;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads all configuration sources into a copy that does not change while it is examined. For an unreadable file, the content in effect is
/// used instead.
/// </summary>
internal sealed class ConfigurationSources
{
    /// <summary>
    /// Turns off the host's own file watching: it watches every folder below the working directory, and it ends the process when a changed file
    /// can't be parsed.
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

    /// <summary>The files as they were when the process first read them.</summary>
    public FilesSnapshot AtStart { get; }

    /// <summary>Inspects the files' content. Modification times are not reliable: a Kubernetes volume swaps the folder behind a link.</summary>
    public FilesSnapshot Inspect()
    {
        var looks = _files.Values.Select(file => (file.Name, Look: file.Inspect())).ToList();
        return new(
            string.Join('|', looks.Select(file => file.Look.Fingerprint)),
            looks.Where(file => file.Look.Loss is not null).ToDictionary(file => file.Name, file => file.Look.Loss!, StringComparer.Ordinal));
    }

    /// <exception cref="InvalidDataException">A file can't be parsed; the message names the file and the position.</exception>
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

    /// <summary>Reloads the live configuration (it sets log levels) after the result of <see cref="Read"/> has been applied.</summary>
    public void RefreshLive() => ((IConfigurationRoot)_live).Reload();
}

/// <summary>The content of the files at one moment.</summary>
/// <param name="Fingerprint">Changes when the content of any file changes.</param>
/// <param name="Lost">Files that were readable before and are not now, each with the reason.</param>
internal sealed record FilesSnapshot(string Fingerprint, IReadOnlyDictionary<string, string> Lost);

/// <summary>All sources, read at one moment.</summary>
internal sealed class ReadSources(IConfigurationRoot root, IReadOnlyDictionary<KeptFile, byte[]> contents)
{
    public IConfigurationRoot Root => root;

    /// <summary>Declares the contents to be in effect. They stand in for files that become unreadable later.</summary>
    public void Keep()
    {
        foreach (var (file, content) in contents)
            file.Keep(content);
    }
}
