using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The <c>LoadBalancer</c> section: defaults for every cluster, and overrides for single clusters.</summary>
internal sealed class LoadBalancerOptions(RootOptions root, IReadOnlyDictionary<string, ClusterOptions> clusters) : IClusterOptionsSource
{
    public RootOptions Root { get; } = root;

    public ClusterOptions For(string clusterId) => clusters.GetValueOrDefault(clusterId, Root);
}
