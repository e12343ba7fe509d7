namespace AspireLB.Hosting.Model;

/// <summary>Backends that share the requests of one route.</summary>
/// <param name="Id">Name of cluster and route.</param>
/// <param name="Path">Path of the route.</param>
internal sealed record BalancedCluster(string Id, string Path)
{
    /// <summary>The cluster that takes every request for which there is no other route; named as the balancer's own shorthand names it.</summary>
    public const string DefaultId = "backends";

    public List<BalancedBackend> Backends { get; } = [];
}
