using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>The backend with the fewest attempts in flight for its weight; among equals, each in turn and as often as its weight says.</summary>
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

        // What is equal takes turns as in round robin. Loads change meanwhile, so that nobody may be left who equals the best.
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
