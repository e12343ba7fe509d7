using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>What a PATCH may change; what is left out stays.</summary>
internal sealed record BackendChange(AdministrativeState? State, NewWeight Weight);

/// <summary>The same change for many backends, for all of them or none.</summary>
/// <param name="Select">Which; each entry must fit at least one.</param>
/// <param name="State">New state.</param>
/// <param name="Weight">New weight; null brings the configured one back.</param>
internal sealed record BackendsChange(IReadOnlyList<BackendSelector> Select, AdministrativeState? State, NewWeight Weight);

/// <summary>Selects backends by cluster and name; in both <c>*</c> stands for any characters.</summary>
internal sealed record BackendSelector(string Cluster, string Name);

/// <summary>A backend to add.</summary>
/// <param name="Address">Its URL.</param>
/// <param name="Name">Default: the host and port of the address.</param>
/// <param name="Weight">Default 1.</param>
internal sealed record BackendAddition(string Address, string? Name, int? Weight);
