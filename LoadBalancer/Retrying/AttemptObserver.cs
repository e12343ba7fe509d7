using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Health;
using AspireLB.LoadBalancer.Observing;
using AspireLB.LoadBalancer.Routing;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>Tells health and figures what became of each attempt.</summary>
internal sealed class AttemptObserver(HealthMonitor health, AttemptMetrics metrics, TimeProvider time)
{
    public long Begins(Backend backend)
    {
        backend.AttemptBegins();
        return time.GetTimestamp();
    }

    /// <summary>The outcome up to the response head is known.</summary>
    public void Answers(Backend backend, long began, AttemptResult result)
    {
        if (result.Progress == AttemptProgress.HeadReceived)
            backend.Latency.Record(time.GetElapsedTime(began));
    }

    public void Ends(Cluster cluster, Backend backend, AttemptResult result, bool isFailure, bool repeated)
    {
        backend.AttemptEnds();
        if (isFailure)
            backend.AttemptFailed();
        if (repeated)
            backend.AttemptRepeated();

        metrics.AttemptEnded(cluster.Id, backend.Name, result, repeated);
        if (result is { Progress: AttemptProgress.NeverConnected, Failure: not AttemptFailure.Client })
            health.ProbeSoon(backend);
    }
}
