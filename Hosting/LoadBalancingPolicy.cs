namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the balancer picks a backend for a request.</summary>
public enum LoadBalancingPolicy
{
    /// <summary>Each backend in turn, in configured order and in proportion to weight. The default.</summary>
    RoundRobin,

    /// <summary>The backend with the fewest requests in flight, relative to its weight.</summary>
    LeastRequests,

    /// <summary>Of two backends drawn at random, the one with fewer requests in flight.</summary>
    PowerOfTwoChoices,

    /// <summary>A backend drawn at random, in proportion to weight.</summary>
    Random,

    /// <summary>The first available backend by name; the others stand by.</summary>
    FirstAlphabetical,
}
