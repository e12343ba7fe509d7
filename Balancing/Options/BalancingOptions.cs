namespace AspireLB.Balancing.Options;

/// <summary>Options set in code: the defaults of all clusters, and what single clusters change.</summary>
public sealed class BalancingOptions : ClusterOptions
{
    internal List<(string ClusterId, Action<ClusterOptions> Change)> Overrides { get; } = [];

    /// <summary>
    /// Changes the options of one cluster. They begin as the defaults, with what YARP's configuration says about the cluster laid over them
    /// (<c>LoadBalancingPolicy</c>, <c>HealthCheck:Active</c>).
    /// </summary>
    /// <param name="clusterId">Id of a cluster in YARP's configuration.</param>
    /// <param name="change">Changes the cluster's options. It runs again whenever YARP's configuration changes.</param>
    /// <returns>These options.</returns>
    public BalancingOptions ForCluster(string clusterId, Action<ClusterOptions> change)
    {
        ArgumentException.ThrowIfNullOrEmpty(clusterId);
        ArgumentNullException.ThrowIfNull(change);
        Overrides.Add((clusterId, change));
        return this;
    }
}
