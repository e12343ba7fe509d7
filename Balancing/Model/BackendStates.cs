namespace AspireLB.Balancing.Model;

/// <summary>How the three things that say something about a backend combine: people first, then probes, then traffic.</summary>
internal static class BackendStates
{
    public static BackendState Combine(AdministrativeState administrative, ProbedHealth probed, bool ejected) => (administrative, probed, ejected) switch
    {
        (AdministrativeState.Disabled, _, _) => BackendState.Disabled,
        (AdministrativeState.Draining, _, _) => BackendState.Draining,
        (_, ProbedHealth.Unhealthy, _) => BackendState.Unhealthy,
        (_, _, true) => BackendState.Ejected,
        (_, ProbedHealth.Healthy, _) => BackendState.Healthy,
        _ => BackendState.Unknown,
    };
}
