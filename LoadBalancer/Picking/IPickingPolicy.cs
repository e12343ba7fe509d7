using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Picking;

/// <summary>Decides which of the available backends an attempt goes to. Called from many threads at once.</summary>
internal interface IPickingPolicy
{
    /// <summary>Name by which configuration chooses the policy.</summary>
    string Name { get; }

    /// <param name="context">The request.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="candidates">One at least, in configured order; those that this request has tried are left out.</param>
    Backend Pick(HttpContext context, Cluster cluster, AvailableBackends candidates);
}
