using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Picking;

/// <summary>Decides which of the available backends an attempt goes to. Called from many threads at once.</summary>
internal interface IPickingPolicy
{
    /// <summary>Name by which configuration chooses the policy.</summary>
    string Name { get; }

    /// <param name="context">The request.</param>
    /// <param name="candidates">One at least, in configured order; those that this request has tried are left out.</param>
    /// <param name="turn">
    /// The request's number within its cluster, from 0: whatever goes round goes by it. All attempts of a request have the same one. If a repetition
    /// took a turn of its own, two backends of which one is down would get it each time that the other was meant.
    /// </param>
    Backend Pick(HttpContext context, AvailableBackends candidates, long turn);
}
