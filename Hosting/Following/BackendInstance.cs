using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Model;

namespace AspireLB.Hosting.Following;

/// <summary>One process or container of a resource, which is one backend of the balancer.</summary>
/// <param name="Backend">The balanced resource.</param>
/// <param name="Name">Its name in the balancer: the resource's name, or the replica's if there are several.</param>
/// <param name="OwnAddress">The process's own address; null if it has none or if it is not known.</param>
/// <param name="Phase">Its current phase.</param>
internal sealed record BackendInstance(BalancedBackend Backend, string Name, string? OwnAddress, BackendPhase Phase)
{
    public static BackendInstance Of(BalancedBackend backend, string id, CustomResourceSnapshot snapshot) => new(
        backend,
        NameOf(backend.Resource, id),
        backend.HasOwnAddress ? backend.OwnAddress(snapshot) : null,
        PhaseOf(snapshot.State?.Text));

    /// <summary>Maps the dashboard's id of an instance to its name in the balancer.</summary>
    public static string NameOf(IResource resource, string id) => resource.GetReplicaCount() > 1 ? id : resource.Name;

    private static BackendPhase PhaseOf(string? state)
    {
        if (state == KnownResourceStates.Running)
            return BackendPhase.Running;
        if (state == KnownResourceStates.Stopping)
            return BackendPhase.Stopping;
        return KnownResourceStates.TerminalStates.Contains(state) ? BackendPhase.Gone : BackendPhase.Coming;
    }
}
