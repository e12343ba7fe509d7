using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>
/// Picks the backend for an attempt from those available. One object serves all clusters and all requests, so a policy must be thread-safe and must
/// not block. It gets its dependencies from the container, which has <see cref="IRandomSource"/> and <see cref="TimeProvider"/>.
/// </summary>
public interface IPickingPolicy
{
    /// <summary>Name that selects the policy in configuration. Case does not matter.</summary>
    string Name { get; }

    /// <summary>Picks a backend for an attempt. It is called again for each retry, and for each request that waited for a slot.</summary>
    /// <param name="context">The request.</param>
    /// <param name="candidates">At least one backend. Backends that the request has tried, and those without a free slot, are left out.</param>
    /// <param name="turn">
    /// The request's number within its cluster, from 0, for policies that pick backends in turn. All attempts of a request share it: if a retry took
    /// a turn of its own, then with two backends, one of them down, the retries would take the turns of the healthy one.
    /// </param>
    /// <returns>One of <paramref name="candidates"/>.</returns>
    Backend Pick(HttpContext context, AvailableBackends candidates, long turn);
}
