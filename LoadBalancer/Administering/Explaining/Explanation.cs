using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>What would happen to a request now.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Route">The route that matches; null: none does.</param>
/// <param name="Cluster">The route's cluster.</param>
/// <param name="Policy">The policy that picks one of the candidates.</param>
/// <param name="Affinity">Whether a session may bind the request to one of them.</param>
/// <param name="Backends">All of the cluster's backends; those left out have a reason.</param>
/// <param name="Retry">What happens after a failed attempt.</param>
internal sealed record Explanation(
    string Summary,
    RouteView? Route = null,
    string? Cluster = null,
    string? Policy = null,
    bool Affinity = false,
    IReadOnlyList<CandidateView>? Backends = null,
    RetryView? Retry = null);

    /// <summary>A backend as seen by a request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">Its state.</param>
/// <param name="Candidate">Whether the first attempt may go to it.</param>
/// <param name="Reason">Why it gets no requests, or what is special about it.</param>
/// <param name="Share">Its share of the candidates' weights, 0 to 1.</param>
/// <param name="Load">Attempts in flight relative to its weight: what LeastRequests and PowerOfTwoChoices compare.</param>
/// <param name="InFlight">Attempts in flight.</param>
internal sealed record CandidateView(
    string Name,
    string Address,
    BackendState State,
    bool Candidate,
    string? Reason,
    double Share,
    double Load,
    int InFlight);

/// <summary>When a failed attempt of the request would be retried.</summary>
/// <param name="MaxAttempts">Attempts in all; refused connections do not count.</param>
/// <param name="BudgetLeft">Retries that the cluster's budget allows now.</param>
/// <param name="Repeatable">Whether the request may be executed twice: its method is idempotent, or it has an <c>Idempotency-Key</c>.</param>
/// <param name="AfterRefusedConnection">Whether it is retried when the connection failed.</param>
/// <param name="AfterNoAnswer">Whether it is retried when the request was sent and no response arrived.</param>
/// <param name="AfterStatus">The response statuses after which it is retried.</param>
/// <param name="AfterBrokenAnswer">Whether it is retried when the response broke off midway.</param>
/// <param name="HedgedAfterMs">Milliseconds without a response after which a parallel second attempt begins; null: none does.</param>
internal sealed record RetryView(
    int MaxAttempts,
    double BudgetLeft,
    bool Repeatable,
    bool AfterRefusedConnection,
    bool AfterNoAnswer,
    IReadOnlyList<int> AfterStatus,
    bool AfterBrokenAnswer,
    double? HedgedAfterMs);
