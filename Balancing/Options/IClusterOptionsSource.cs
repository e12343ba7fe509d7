namespace AspireLB.Balancing.Options;

/// <summary>Where the stages get a cluster's options from: the section's defaults with <c>LoadBalancer:Clusters:{id}</c> laid over them.</summary>
internal interface IClusterOptionsSource
{
    /// <summary>The options now in force. Never null: a cluster that configuration does not name has the defaults.</summary>
    ClusterOptions For(string clusterId);

    /// <summary>Another object whenever the options may have become others; null where they have to be asked for each time.</summary>
    object? Generation => null;
}
