namespace AspireLB.Balancing.Model;

/// <summary>
/// BackendStates combines what is known about a backend into one state. The operator's decision takes precedence, then a failed probe, then ejection.
/// </summary>
internal static class BackendStates
{
    public static BackendState Combine(AdministrativeState administrative, ProbedHealth probed, bool ejected) =>
        (administrative, probed, ejected) switch
        {
            (AdministrativeState.Disabled, _, _) => BackendState.Disabled,
            (AdministrativeState.Draining, _, _) => BackendState.Draining,
            (_, ProbedHealth.Unhealthy, _) => BackendState.Unhealthy,
            (_, _, true) => BackendState.Ejected,
            (_, ProbedHealth.Healthy, _) => BackendState.Healthy,
            _ => BackendState.Unknown,
        };
}
