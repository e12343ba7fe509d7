namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The <c>LoadBalancer</c> section: defaults for every cluster, and what single clusters override.</summary>
internal sealed class LoadBalancerOptions(ClusterOptions defaults, IReadOnlyDictionary<string, ClusterOptions> clusters) : IClusterOptionsSource
{
    public ClusterOptions Defaults { get; } = defaults;

    public ClusterOptions For(string clusterId) => clusters.GetValueOrDefault(clusterId, Defaults);
}
