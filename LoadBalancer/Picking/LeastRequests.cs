using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Picking;

/// <summary>The backend with the fewest attempts in flight for its weight; among equals, each in turn.</summary>
internal sealed class LeastRequests : IPickingPolicy
{
    public string Name => nameof(LeastRequests);

    public Backend Pick(HttpContext context, Cluster cluster, AvailableBackends candidates)
    {
        var backends = candidates.Backends;
        var start = (int)((ulong)cluster.NextTurn() % (ulong)backends.Length);
        var best = backends[start];
        for (var i = 1; i < backends.Length; i++)
        {
            var other = backends[(start + i) % backends.Length];
            if (Load.IsLess(other, best))
                best = other;
        }

        return best;
    }
}
