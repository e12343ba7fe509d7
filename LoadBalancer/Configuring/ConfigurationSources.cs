using Microsoft.Extensions.Configuration.Json;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads all sources of the application's configuration anew, into a copy that does not change while it is looked at. The live
/// configuration empties a file's keys when the file turns unreadable, which would look like a wish to remove everything.
/// </summary>
internal sealed class ConfigurationSources
{
    private readonly ConfigurationManager _live;

    public ConfigurationSources(ConfigurationManager live)
    {
        _live = live;

        // An unreadable file is reported when the copy is read; in the watcher's callback it would end the process.
        foreach (var file in live.Sources.OfType<FileConfigurationSource>())
            file.OnLoadException = context => context.Ignore = true;
    }

    /// <exception cref="InvalidDataException">A file can't be parsed; the message names it and the place.</exception>
    public IConfigurationRoot Read()
    {
        var copy = new ConfigurationBuilder();
        foreach (var source in _live.Sources)
            copy.Add(source is JsonConfigurationSource file ? Unwatched(file) : source);
        return copy.Build();
    }

    private static JsonConfigurationSource Unwatched(JsonConfigurationSource file) =>
        new() { FileProvider = file.FileProvider, Path = file.Path!, Optional = file.Optional, ReloadOnChange = false };
}
