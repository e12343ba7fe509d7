using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>What a PATCH may change; what is left out stays.</summary>
internal sealed record BackendChange(AdministrativeState? State, int? Weight);
