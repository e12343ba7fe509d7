namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the balancer picks a backend for a request.</summary>
public enum LoadBalancingPolicy
{
    /// <summary>One after the other, in the order of the backends; by weight. The default.</summary>
    RoundRobin,

    /// <summary>The backend with the fewest requests in flight, relative to its weight.</summary>
    LeastRequests,

    /// <summary>The one with fewer requests in flight of two picked at random.</summary>
    PowerOfTwoChoices,

    /// <summary>At random, by weight.</summary>
    Random,

    /// <summary>The first available backend by name; the others stand by.</summary>
    FirstAlphabetical,
}
