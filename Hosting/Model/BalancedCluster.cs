namespace AspireLB.Hosting.Model;

/// <summary>A group of backends that share the requests of one route.</summary>
/// <param name="Id">Name of both cluster and route.</param>
/// <param name="Path">Path of the route.</param>
internal sealed record BalancedCluster(string Id, string Path)
{
    /// <summary>The cluster for all requests that no other route matches. The balancer's own shorthand uses the same name.</summary>
    public const string DefaultId = "backends";

    public List<BalancedBackend> Backends { get; } = [];
}
