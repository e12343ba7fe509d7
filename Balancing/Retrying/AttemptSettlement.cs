using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing.Retrying;

/// <summary>Tells health, limits and figures what became of each attempt.</summary>
internal sealed class AttemptSettlement(HealthMonitor probes, PassiveHealth passive, PauseTimer rest, DrainNotice drained, AttemptMetrics metrics, FailedAttemptLog failures, TimeProvider time)
{
    public TimeProvider Time => time;

    public long Timestamp() => time.GetTimestamp();

    /// <summary>A response head is there: the backend's latency is known.</summary>
    public void RecordResponse(Cluster cluster, Backend backend, long began)
    {
        var latency = time.GetElapsedTime(began);
        backend.Attempts.Latency.Record(latency);
        metrics.RecordResponse(backend.Tags, latency);
        passive.ObserveLatency(cluster, backend, latency);
        if (cluster.Options.Limits is { Adaptive: true } limits)
            backend.AdaptiveLimit = backend.AdaptiveLimit.After(latency.TotalMilliseconds, backend.Attempts.InFlight, limits.MaxCap);
    }

    /// <summary>
    /// Another attempt at the same request was faster. The backend would have taken longer than this: without it, the latencies that hedging goes
    /// by would lack their longest, and the delay would shrink on and on.
    /// </summary>
    public void SettleOvertaken(Cluster cluster, Backend backend, long began)
    {
        var latency = time.GetElapsedTime(began);
        backend.Attempts.Latency.Record(latency);
        passive.ObserveLatency(cluster, backend, latency);
    }

    /// <summary>A second attempt beside the first is over.</summary>
    public void CountHedge(Cluster cluster, Backend backend, AttemptResult result, bool won) =>
        metrics.CountHedge(cluster.Id, backend.Name, result, won);

    /// <summary>The attempt is over.</summary>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="backend">Its backend, whose place is given back.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="isFailure">Whether that counts against the backend.</param>
    /// <param name="repeated">Whether another attempt follows.</param>
    public void Settle(Cluster cluster, Backend backend, AttemptResult result, bool isFailure, bool repeated)
    {
        if (isFailure)
        {
            backend.Attempts.CountFailure();
            failures.Add(backend, result, repeated);
        }

        if (repeated)
            backend.Attempts.CountRetry();
        if (!RetryDecision.IsBlameless(result))
            passive.Observe(cluster, backend, ObservationOf(result, isFailure));
        if (isFailure && result.Progress == AttemptProgress.NeverConnected)
            probes.ProbeSoon(backend);
        if (result.RetryAfter is { } field)
            rest.Begin(backend, RetryAfter.Parse(field, time.GetUtcNow()));

        backend.Attempts.Outcomes.Add(result);
        if (repeated)
            metrics.CountRetry(cluster.Id, backend.Name);
        cluster.Slots.Release(backend);
        if (backend.Administration.State == AdministrativeState.Draining)
            drained.ReportIfDrained(backend);
    }

    private static Observation ObservationOf(AttemptResult result, bool isFailure) => (isFailure, result.Failure) switch
    {
        (false, _) => Observation.Success,
        (true, AttemptFailure.None) => Observation.FailedStatus,
        _ => Observation.NoAnswer,
    };
}
