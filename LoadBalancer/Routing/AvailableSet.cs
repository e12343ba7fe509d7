namespace AspireLB.LoadBalancer.Routing;

/// <summary>Which of a cluster's backends requests may go to.</summary>
internal static class AvailableSet
{
    /// <param name="backends">All of them, in configured order.</param>
    /// <param name="panicThresholdPercent">
    /// When a smaller share than this is available, everything that people have not taken out is used: that many verdicts at once are likelier
    /// wrong than right, and the few left would be overrun (Envoy: panic threshold). 0: never.
    /// </param>
    public static Backend[] Of(Backend[] backends, int panicThresholdPercent)
    {
        Backend[] inService = [.. backends.Where(backend => backend.Administrative == AdministrativeState.Active)];
        Backend[] available = [.. inService.Where(backend => backend.IsAvailable)];
        if (available.Length * 100 < inService.Length * panicThresholdPercent)
            return inService;

        // One that asked for rest gets it while others are there.
        Backend[] willing = [.. available.Where(backend => !backend.Rests)];
        return willing.Length > 0 ? willing : available;
    }
}
