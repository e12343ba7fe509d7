using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>
/// Reads the options of each cluster from three layers. Each overrides the one before: the defaults, the cluster's YARP configuration
/// (<c>LoadBalancingPolicy</c>, <c>HealthCheck:Active</c>), and the cluster's overrides.
/// </summary>
/// <param name="layers">Defaults and overrides.</param>
/// <param name="policies">The policies that configuration may name.</param>
/// <param name="errors">Receives every error found.</param>
/// <param name="yarpClusters">Key of the clusters in YARP's configuration, for errors.</param>
internal sealed class ClusterOptionsReader(IOptionsLayers layers, PolicyNames policies, ICollection<ConfigurationError> errors, string yarpClusters)
{
    /// <summary>Reads and checks the defaults.</summary>
    public void ReadDefaults(ClusterOptions defaults)
    {
        layers.ApplyDefaults(defaults, errors);
        var rules = new ClusterRules(layers.Path, defaults, errors);
        rules.CheckPolicy($"{layers.Path}:{nameof(ClusterOptions.Policy)}", policies);
        rules.CheckPassive();
        rules.CheckTls();
    }

    /// <summary>Reports overrides of clusters that do not exist, since these would have no effect.</summary>
    public void CheckOverridden(IReadOnlyList<ClusterConfig> clusters)
    {
        var known = clusters.Select(cluster => cluster.ClusterId).ToList();
        foreach (var unknown in layers.Overridden.Except(known, StringComparer.OrdinalIgnoreCase))
            errors.Add(layers.UnknownCluster(unknown, known));
    }

    /// <summary>Reads and checks the options of one cluster.</summary>
    public ClusterOptions ReadFor(ClusterConfig cluster, ClusterOptions defaults)
    {
        var id = cluster.ClusterId;
        var options = new ClusterOptions();
        layers.ApplyDefaults(options, []);
        TakeOver(cluster, options);
        layers.ApplyOverrides(id, options, errors);

        var path = $"{layers.Path}:{SectionLayers.ClustersKey}:{id}";
        var rules = new ClusterRules(path, options, errors);
        var isOverridden = layers.MaySet(id, nameof(ClusterOptions.Policy));
        if (options.Policy != defaults.Policy)
            rules.CheckPolicy(isOverridden ? $"{path}:Policy" : $"{yarpClusters}:{id}:LoadBalancingPolicy", policies);
        if (layers.MaySet(id, "Health:Passive"))
            rules.CheckPassive();
        if (layers.MaySet(id, nameof(ClusterOptions.Tls)))
            rules.CheckTls();
        return options;
    }

    private static void TakeOver(ClusterConfig cluster, ClusterOptions options)
    {
        options.Policy = cluster.LoadBalancingPolicy ?? options.Policy;
        if (cluster.HealthCheck?.Active is not { } active)
            return;

        options.Health.Active.Enabled = active.Enabled ?? options.Health.Active.Enabled;
        options.Health.Active.Interval = active.Interval ?? options.Health.Active.Interval;
        options.Health.Active.Timeout = active.Timeout ?? options.Health.Active.Timeout;
        options.Health.Active.Path = (active.Path, active.Query) is ({ Length: > 0 } path, var query) ? path + query : options.Health.Active.Path;
    }
}
