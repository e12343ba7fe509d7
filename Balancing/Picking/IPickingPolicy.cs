using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>
/// Decides which of the available backends an attempt goes to. A policy is one object for all clusters and all requests: it is called from many
/// threads at once, and must not block. It gets its dependencies from the container: <see cref="IRandomSource"/> and <see cref="TimeProvider"/> are
/// there.
/// </summary>
public interface IPickingPolicy
{
    /// <summary>Name by which configuration chooses the policy. Case does not matter.</summary>
    string Name { get; }

    /// <summary>Picks a backend for an attempt. It is called again for each retry, and for each request that waited for a slot.</summary>
    /// <param name="context">The request.</param>
    /// <param name="candidates">At least one backend. Backends that this request has tried, and those without a free slot, are left out.</param>
    /// <param name="turn">
    /// The request's number within its cluster, from 0; a policy that takes backends in turn goes by it. All attempts of a request have the same
    /// one: if a retry took a turn of its own, then with two backends, one of them down, the retries would take the turns of the one that works.
    /// </param>
    /// <returns>One of <paramref name="candidates"/>.</returns>
    Backend Pick(HttpContext context, AvailableBackends candidates, long turn);
}
