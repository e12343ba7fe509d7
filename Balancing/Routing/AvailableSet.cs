using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Routing;

/// <summary>AvailableSet chooses which of a cluster's backends requests may go to.</summary>
internal static class AvailableSet
{
    /// <summary>Chooses the backends that requests may go to.</summary>
    /// <param name="backends">All backends of the cluster, in configured order.</param>
    /// <param name="panicThresholdPercent">
    /// If a smaller share of the backends is available, all backends that no operator has taken out of service are used. That many failed health
    /// checks at once are more likely wrong than right, and the few backends left would be overloaded (Envoy: panic threshold). 0 means never.
    /// </param>
    /// <param name="maxEjectedPercent">
    /// If this is below 100, ejected backends are used while no other is available: a backend that often fails still serves more than none.
    /// </param>
    public static Backend[] Choose(Backend[] backends, int panicThresholdPercent, int maxEjectedPercent)
    {
        var inService = Matching(backends, backend => backend.Administration.State == AdministrativeState.Active);
        var available = Matching(inService, backend => backend.IsAvailable);
        if (available.Length * 100 < inService.Length * panicThresholdPercent)
            return inService;

        if (available.Length == 0 && maxEjectedPercent < 100)
            available = Matching(inService, backend => backend.State == BackendState.Ejected);

        // Respect the pause that a backend asked for, as long as others are available.
        var unpaused = Matching(available, backend => !backend.Pause.IsInEffect);
        return unpaused.Length > 0 ? unpaused : available;
    }

    // Usually all backends match, and the array itself is returned.
    private static Backend[] Matching(Backend[] backends, Predicate<Backend> predicate) =>
        Array.TrueForAll(backends, predicate) ? backends : Array.FindAll(backends, predicate);
}
