using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Cluster options from a configuration section; its subsections <c>Clusters:{id}</c> hold the overrides.</summary>
internal sealed class SectionLayers(IConfigurationSection section) : IOptionsLayers
{
    public const string ClustersKey = "Clusters";

    private readonly IConfigurationSection _overrides = section.GetSection(ClustersKey);

    public string Path => section.Path;

    public IReadOnlyList<string> Overridden => [.. _overrides.GetChildren().Select(child => child.Key)];

    /// <summary>Returns a copy that does not follow changes to the section.</summary>
    public static SectionLayers CopyOf(IConfigurationSection section) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(section.AsEnumerable()).Build().GetSection(section.Path));

    public void ApplyDefaults(ClusterOptions options, ICollection<ConfigurationError> errors) =>
        OptionsReader.Read(section, options, errors, ClustersKey);

    public void ApplyOverrides(string clusterId, ClusterOptions options, ICollection<ConfigurationError> errors) =>
        OptionsReader.Read(_overrides.GetSection(clusterId), options, errors);

    public bool MaySet(string clusterId, string key) => _overrides.GetSection(clusterId).GetSection(key).Exists();

    public ConfigurationError UnknownCluster(string clusterId, IEnumerable<string> known) =>
        OptionsReader.Unknown(_overrides.GetSection(clusterId), known);
}
