using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>What would become of a request now.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Route">The route that takes it; null: none does.</param>
/// <param name="Cluster">Where the route leads.</param>
/// <param name="Policy">How one of the candidates is picked.</param>
/// <param name="Affinity">Whether a session may bind the request to one of them.</param>
/// <param name="Backends">All of the cluster's backends, those left out with the reason.</param>
/// <param name="Retry">What happens after a failed attempt.</param>
internal sealed record Explanation(
    string Summary, RouteView? Route = null, string? Cluster = null, string? Policy = null, bool Affinity = false, IReadOnlyList<CandidateView>? Backends = null, RetryView? Retry = null);

/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="State">Its state.</param>
/// <param name="Candidate">Whether the first attempt may go to it.</param>
/// <param name="Reason">Why not, or what is special about it.</param>
/// <param name="Share">Its share of the candidates' weights, 0 to 1.</param>
/// <param name="Load">Attempts in flight for its weight: what LeastRequests and PowerOfTwoChoices compare.</param>
/// <param name="InFlight">Attempts under way.</param>
internal sealed record CandidateView(string Name, string Address, BackendState State, bool Candidate, string? Reason, double Share, double Load, int InFlight);

/// <param name="MaxAttempts">Attempts in all; refused connections do not count.</param>
/// <param name="BudgetLeft">Retries that the cluster's budget allows now.</param>
/// <param name="Repeatable">Whether the method, or an <c>Idempotency-Key</c>, allows acting twice.</param>
/// <param name="AfterRefusedConnection">Repeated after no connection came about.</param>
/// <param name="AfterNoAnswer">Repeated when the request was sent and nothing came back.</param>
/// <param name="AfterStatus">Repeated after these statuses.</param>
/// <param name="AfterBrokenAnswer">Repeated when the response broke off midway.</param>
/// <param name="HedgedAfterMs">Time without an answer after which a second attempt begins beside the first, in milliseconds; null: none does.</param>
internal sealed record RetryView(
    int MaxAttempts, double BudgetLeft, bool Repeatable, bool AfterRefusedConnection, bool AfterNoAnswer, IReadOnlyList<int> AfterStatus, bool AfterBrokenAnswer, double? HedgedAfterMs);
