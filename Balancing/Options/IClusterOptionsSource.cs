namespace AspireLB.Balancing.Options;

/// <summary>
/// IClusterOptionsSource gives the stages the options of a cluster: the section's defaults, overridden by <c>LoadBalancer:Clusters:{id}</c>.
/// </summary>
internal interface IClusterOptionsSource
{
    /// <summary>The options in effect. Never null: a cluster that the configuration does not name has the defaults.</summary>
    ClusterOptions For(string clusterId);

    /// <summary>An object that is replaced whenever the options may have changed; null if the options must not be cached.</summary>
    object? Generation => null;
}
