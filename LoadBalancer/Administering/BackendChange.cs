using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>The change that a PATCH makes; omitted members stay unchanged.</summary>
internal sealed record BackendChange(AdministrativeState? State, NewWeight Weight);

/// <summary>The same change for many backends: for all of them, or none.</summary>
/// <param name="Select">The backends; each entry must match at least one.</param>
/// <param name="State">The new state.</param>
/// <param name="Weight">The new weight; null restores the configured one.</param>
internal sealed record BackendsChange(IReadOnlyList<BackendSelector> Select, AdministrativeState? State, NewWeight Weight);

/// <summary>Selects backends by cluster and name; <c>*</c> matches any characters in both.</summary>
internal sealed record BackendSelector(string Cluster, string Name);

/// <summary>A backend to add.</summary>
/// <param name="Address">Its URL.</param>
/// <param name="Name">Default: the host and port of the address.</param>
/// <param name="Weight">Default 1.</param>
internal sealed record BackendAddition(string Address, string? Name, int? Weight);
