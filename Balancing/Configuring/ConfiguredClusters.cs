using System.Collections.Immutable;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>
/// Holds the options of each cluster in an application that configures YARP itself. It reads the options when YARP loads a cluster; if YARP rejects
/// its new configuration, the previous options stay in effect together with the previous configuration.
/// </summary>
/// <param name="layers">The options that the application set.</param>
/// <param name="services">Resolves the policies, and only on first use, since a policy may depend on services that YARP builds.</param>
internal sealed class ConfiguredClusters(IOptionsLayers layers, IServiceProvider services) : IClusterOptionsSource
{
    private readonly Lock _lock = new();
    private State _state = State.From(layers);
    private State? _committed;

    public object Generation => Volatile.Read(ref _state);

    private PolicyNames Policies => new(services.GetRequiredService<PickingPolicies>().Registered);

    public ClusterOptions For(string clusterId)
    {
        var state = Volatile.Read(ref _state);
        return state.Clusters.TryGetValue(clusterId, out var cluster) ? cluster.Options : state.Defaults;
    }

    /// <summary>Checks all options against the clusters that will exist.</summary>
    /// <exception cref="OptionsValidationException">Lists every error found.</exception>
    public void Check(IReadOnlyList<ClusterConfig> clusters) => Throw(Errors(Volatile.Read(ref _state).Layers, clusters, checkOverridden: true));

    /// <summary>Reads and checks the options of a cluster that YARP is loading.</summary>
    /// <exception cref="OptionsValidationException">Lists every error found.</exception>
    public void Read(ClusterConfig cluster)
    {
        lock (_lock)
        {
            var errors = ClusterWeights.Errors(cluster).ToList();
            var options = ReaderOf(_state.Layers, errors).ReadFor(cluster, _state.Defaults);
            Throw(errors);
            _state = _state with { Clusters = _state.Clusters.SetItem(cluster.ClusterId, new(cluster, options)) };
        }
    }

    /// <summary>Replaces all layers if the new ones are valid. A cluster uses them the next time YARP loads it.</summary>
    /// <returns>The errors in the new layers.</returns>
    public IReadOnlyList<ConfigurationError> TryReplace(IOptionsLayers replacement)
    {
        lock (_lock)
        {
            // The clusters may be changing too, so overrides of an unknown cluster are not an error here.
            var errors = Errors(replacement, [.. _state.Clusters.Values.Select(cluster => cluster.Config)], checkOverridden: false);
            if (errors.Count == 0)
                _state = State.From(replacement) with { Clusters = _state.Clusters };
            return errors;
        }
    }

    /// <summary>Keeps only the options of these clusters, after YARP has applied its configuration.</summary>
    public void Commit(IEnumerable<ClusterConfig> clusters)
    {
        lock (_lock)
        {
            var removed = _state.Clusters.Keys.Except(clusters.Select(cluster => cluster.ClusterId), StringComparer.OrdinalIgnoreCase);
            _committed = _state = _state with { Clusters = _state.Clusters.RemoveRange(removed) };
        }
    }

    /// <summary>Restores the previous options, after YARP has rejected its new configuration.</summary>
    public void RollBack()
    {
        lock (_lock)
            _state = _committed ?? _state;
    }

    private List<ConfigurationError> Errors(IOptionsLayers checkedLayers, IReadOnlyList<ClusterConfig> clusters, bool checkOverridden)
    {
        var errors = new List<ConfigurationError>();
        var reader = ReaderOf(checkedLayers, errors);
        var defaults = new ClusterOptions();
        reader.ReadDefaults(defaults);
        if (checkOverridden)
            reader.CheckOverridden(clusters);
        foreach (var cluster in clusters)
        {
            errors.AddRange(ClusterWeights.Errors(cluster));
            reader.ReadFor(cluster, defaults);
        }

        return [.. errors.Distinct()];
    }

    private ClusterOptionsReader ReaderOf(IOptionsLayers read, ICollection<ConfigurationError> errors) =>
        new(read, Policies, errors, SectionLayers.ClustersKey);

    private static void Throw(IReadOnlyCollection<ConfigurationError> errors)
    {
        if (errors.Count > 0)
            throw new OptionsValidationException(nameof(Balancing), typeof(ClusterOptions), errors.Select(error => error.ToString()));
    }

    private sealed record State(IOptionsLayers Layers, ClusterOptions Defaults, ImmutableDictionary<string, ReadCluster> Clusters)
    {
        public static State From(IOptionsLayers layers)
        {
            var defaults = new ClusterOptions();
            layers.ApplyDefaults(defaults, []);
            return new(layers, defaults, ImmutableDictionary.Create<string, ReadCluster>(StringComparer.OrdinalIgnoreCase));
        }
    }

    private sealed record ReadCluster(ClusterConfig Config, ClusterOptions Options);
}
