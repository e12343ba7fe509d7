using AspireLB.Balancing.Model;
using AspireLB.Balancing.Retrying;

namespace AspireLB.LoadBalancer.Administering.Explaining;

/// <summary>Explains what would happen to a request, using the same code that decides it for real requests.</summary>
internal sealed class Explainer(RouteMatching matching, ClusterRegistry registry, TimeProvider time)
{
    public async Task<Explanation> ExplainAsync(HttpContext request)
    {
        if (await matching.MatchAsync(request) is not { } route)
            return new("No route matches: the response is 404.");
        if (route.Cluster is not { } state)
            return new("The route has no cluster: the response is 503.", RouteView.From(route.Config));

        var cluster = registry.Get(state);
        var backends = Candidates(cluster);
        var candidates = cluster.Available.Backends.ToArray();
        return new(
            candidates.Length == 0
                ? "No backend is available: the response is 503."
                : $"The request goes to one of {candidates.Length} of {cluster.Id}, picked by {cluster.Options.Policy}.",
            RouteView.From(route.Config),
            cluster.Id,
            cluster.Options.Policy,
            cluster.State.Model.Config.SessionAffinity?.Enabled == true,
            backends,
            Retry(cluster, candidates.Length, request.Request));
    }

    /// <summary>Every backend of a cluster: its share as a candidate, or why it gets no requests.</summary>
    public IReadOnlyList<CandidateView> Candidates(Cluster cluster)
    {
        var candidates = cluster.Available.Backends.ToArray();
        return [.. registry.BackendsOf(cluster.State).Select(backend => View(backend, cluster, candidates))];
    }

    private CandidateView View(Backend backend, Cluster cluster, Backend[] candidates)
    {
        var isCandidate = candidates.Contains(backend);
        var weights = candidates.Sum(candidate => candidate.Share.PickingWeight);
        return new(
            backend.Name, backend.ShownAddress, backend.State, isCandidate, Reason(backend, cluster, isCandidate),
            isCandidate ? Math.Round((double)backend.Share.PickingWeight / weights, 4) : 0,
            Math.Round(backend.Attempts.InFlight * (double)SlowStartRamp.Scale / backend.Share.PickingWeight, 4), backend.Attempts.InFlight);
    }

    private string? Reason(Backend backend, Cluster cluster, bool isCandidate) => (isCandidate, backend.State) switch
    {
        (true, BackendState.Unhealthy or BackendState.Ejected) =>
            "used although it seems down: too few of the cluster's backends are up (panic threshold)",
        (true, _) when cluster.Options.Limits.HasBackendCap && backend.Attempts.InFlight >= backend.Cap(cluster.Options.Limits) =>
            $"full: its cap is {backend.Cap(cluster.Options.Limits)}",
        (true, _) => null,
        (_, BackendState.Disabled) => "disabled by hand",
        (_, BackendState.Draining) => "draining: only sessions bound to it go there",
        (_, BackendState.Unhealthy) => "its probes fail",
        (_, BackendState.Ejected) => FormattableString.Invariant(
            $"ejected for {Math.Max(0, (backend.Health.Ejection.Until - time.GetUtcNow()).TotalSeconds):0.#} s more: requests to it failed"),
        _ when backend.Pause.IsInEffect => FormattableString.Invariant(
            $"asked for a pause of {(backend.Pause.Until - time.GetUtcNow()).TotalSeconds:0.#} s more (Retry-After)"),
        _ => "not in service yet",
    };

    private static RetryView Retry(Cluster cluster, int candidates, HttpRequest request)
    {
        var isRepeatable = RetrySafety.From(request);
        var options = cluster.Options.Retry;
        return new(
            options.MaxAttempts,
            Math.Max(0, Math.Round(cluster.Budget.Remaining(options), 1)),
            isRepeatable,
            Repeats(new(AttemptProgress.NeverConnected, AttemptFailure.Connection)),
            Repeats(new(AttemptProgress.NoResponse, AttemptFailure.Connection)),
            [.. options.StatusCodes.Where(status => Repeats(new(AttemptProgress.HeadReceived, AttemptFailure.None, status)))],
            Repeats(new(AttemptProgress.BrokenOff, AttemptFailure.Connection)),
            HedgeRule.Delay(request, cluster, cluster.Available, 0, options)?.TotalMilliseconds);

        // A refused connection does not count. A backend that was reached may be tried once more when there is no other.
        bool Repeats(AttemptResult result)
        {
            var refused = RetryDecision.IsExemptFromBudget(result);
            var others = refused ? candidates - 1 : Math.Max(candidates - 1, Math.Min(candidates, 1));
            return RetryDecision.ShouldRetry(result, new(refused ? 0 : 1, others, isRepeatable, BodyIsWhole: true), options);
        }
    }
}
