using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Routing;

namespace AspireLB.Balancing.Retrying;

/// <summary>AttemptSettlement reports the result of each attempt to health, limits and metrics, and releases the attempt's slot.</summary>
internal sealed class AttemptSettlement(
    HealthMonitor probes, PassiveHealth passive, PauseTimer pause, DrainNotice drained, AttemptMetrics metrics, FailedAttemptLog failures,
    TimeProvider time)
{
    public TimeProvider Time => time;

    public long Timestamp() => time.GetTimestamp();

    /// <summary>Records the backend's latency once its response head has arrived.</summary>
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
    /// Records the latency of an attempt that lost against a faster one for the same request. The backend would have taken at least this long.
    /// Without these samples the latencies that hedging uses would lack their longest, and the hedging delay would keep shrinking.
    /// </summary>
    public void SettleOvertaken(Cluster cluster, Backend backend, long began)
    {
        var latency = time.GetElapsedTime(began);
        backend.Attempts.Latency.Record(latency);
        passive.ObserveLatency(cluster, backend, latency);
    }

    /// <summary>Counts the second attempt of a race when it ends.</summary>
    public void CountHedge(Cluster cluster, Backend backend, AttemptResult result, bool won) =>
        metrics.CountHedge(cluster.Id, backend.Name, result, won);

    /// <summary>Settles an attempt that has ended; its slot is released separately, with <see cref="Release"/>.</summary>
    /// <param name="cluster">The request's cluster.</param>
    /// <param name="backend">The backend of the attempt.</param>
    /// <param name="result">How the attempt ended.</param>
    /// <param name="isFailure">Whether the result counts against the backend.</param>
    /// <param name="isRetried">Whether another attempt follows.</param>
    public void Settle(Cluster cluster, Backend backend, AttemptResult result, bool isFailure, bool isRetried)
    {
        if (isFailure)
        {
            backend.Attempts.CountFailure();
            failures.Add(backend, result, isRetried);
        }

        if (isRetried)
            backend.Attempts.CountRetry();
        if (!RetryDecision.IsBlameless(result))
            passive.Observe(cluster, backend, ObservationOf(result, isFailure));
        if (isFailure && result.Progress == AttemptProgress.NeverConnected)
            probes.ProbeSoon(backend);
        if (result.RetryAfter is { } field)
            pause.Begin(backend, RetryAfter.Parse(field, time.GetUtcNow()));

        backend.Attempts.Outcomes.Add(result);
        if (isRetried)
            metrics.CountRetry(cluster.Id, backend.Name);
    }

    /// <summary>Releases an attempt's slot at its backend. The last slot of a draining backend completes the drain.</summary>
    public void Release(Cluster cluster, Backend backend)
    {
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
