using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Configuring;

/// <summary>Cluster options set in code.</summary>
internal sealed class CodeLayers(BalancingOptions source) : IOptionsLayers
{
    public string Path => nameof(BalancingOptions);

    public IReadOnlyList<string> Overridden => [.. source.Overrides.Select(change => change.ClusterId).Distinct(StringComparer.OrdinalIgnoreCase)];

    public void ApplyDefaults(ClusterOptions options, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        OptionsRules.CheckAll(source, Path, errors);

        // Invalid options are not copied, so that later checks can rely on the rules.
        if (errors.Count == before)
            OptionsCopy.Write(source, options);
    }

    public void ApplyOverrides(string clusterId, ClusterOptions options, ICollection<ConfigurationError> errors)
    {
        foreach (var (_, change) in source.Overrides.Where(change => change.ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase)))
            change(options);
        OptionsRules.CheckAll(options, $"{Path}:{SectionLayers.ClustersKey}:{clusterId}", errors);
    }

    public bool MaySet(string clusterId, string key) => Overridden.Contains(clusterId, StringComparer.OrdinalIgnoreCase);

    public ConfigurationError UnknownCluster(string clusterId, IEnumerable<string> known) =>
        new($"{Path}:{SectionLayers.ClustersKey}", clusterId, $"allowed: the clusters of YARP's configuration ({string.Join(", ", known)})");
}
