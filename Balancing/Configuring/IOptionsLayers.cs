using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>A source of cluster options: defaults for all clusters, and overrides for single clusters.</summary>
internal interface IOptionsLayers
{
    /// <summary>Key of the defaults, for errors.</summary>
    string Path { get; }

    /// <summary>The clusters that have overrides.</summary>
    IReadOnlyList<string> Overridden { get; }

    /// <summary>Writes the defaults onto these options.</summary>
    void ApplyDefaults(ClusterOptions options, ICollection<ConfigurationError> errors);

    /// <summary>Writes a cluster's overrides onto these options.</summary>
    void ApplyOverrides(string clusterId, ClusterOptions options, ICollection<ConfigurationError> errors);

    /// <summary>Whether a cluster's overrides may set this key or one below it.</summary>
    bool MaySet(string clusterId, string key);

    /// <summary>The error for overrides of a cluster that does not exist.</summary>
    ConfigurationError UnknownCluster(string clusterId, IEnumerable<string> known);
}
