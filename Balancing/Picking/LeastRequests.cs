using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Picks the backend with the fewest attempts in flight per weight. Equally loaded backends take turns, by weight.</summary>
internal sealed class LeastRequests : IPickingPolicy
{
    public string Name => nameof(LeastRequests);

    public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
    {
        var best = candidates.Backends[0];
        foreach (var backend in candidates.Backends[1..])
        {
            if (Load.IsLess(backend, best))
                best = backend;
        }

        // Equally loaded backends take turns as in round robin. Loads change meanwhile, so possibly no backend matches the best any more.
        var schedule = candidates.Schedule;
        var start = (int)((ulong)turn % (ulong)schedule.Length);
        for (var i = 0; i < schedule.Length; i++)
        {
            var next = schedule[(start + i) % schedule.Length];
            if (!Load.IsLess(best, next))
                return next;
        }

        return best;
    }
}
