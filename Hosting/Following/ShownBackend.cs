namespace AspireLB.Hosting.Following;

/// <summary>A backend as returned by the balancer's admin API.</summary>
internal sealed record ShownBackend(string Cluster, string Name, string Address, string State, int Weight)
{
    public const string Draining = "draining";
    public const string Disabled = "disabled";
    public const string Ejected = "ejected";
    public const string Unhealthy = "unhealthy";

    public bool Is(string cluster, string name) =>
        Cluster.Equals(cluster, StringComparison.OrdinalIgnoreCase) && Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
