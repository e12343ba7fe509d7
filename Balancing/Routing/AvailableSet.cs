using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>Which of a cluster's backends requests may go to.</summary>
internal static class AvailableSet
{
    /// <param name="backends">All of them, in configured order.</param>
    /// <param name="panicThresholdPercent">
    /// When a smaller share than this is available, everything that people have not taken out is used: that many verdicts at once are likelier
    /// wrong than right, and the few left would be overrun (Envoy: panic threshold). 0: never.
    /// </param>
    /// <param name="maxEjectedPercent">
    /// Unless all of them may be ejected, ejected ones are used while nothing else is there: one that fails often serves more than none.
    /// </param>
    public static Backend[] Choose(Backend[] backends, int panicThresholdPercent, int maxEjectedPercent)
    {
        var inService = Matching(backends, backend => backend.Administration.State == AdministrativeState.Active);
        var available = Matching(inService, backend => backend.IsAvailable);
        if (available.Length * 100 < inService.Length * panicThresholdPercent)
            return inService;

        if (available.Length == 0 && maxEjectedPercent < 100)
            available = Matching(inService, backend => backend.State == BackendState.Ejected);

        // One that asked for rest gets it while others are there.
        var willing = Matching(available, backend => !backend.Pause.IsInEffect);
        return willing.Length > 0 ? willing : available;
    }

    // Mostly it is all of them, and the array itself will do.
    private static Backend[] Matching(Backend[] backends, Predicate<Backend> are) => Array.TrueForAll(backends, are) ? backends : Array.FindAll(backends, are);
}
