using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>A backend as the admin API shows it.</summary>
internal sealed record BackendView(
    string Name,
    string Address,
    string Cluster,
    BackendState State,
    int Weight,
    int InFlight,
    long Requests,
    long Failures,
    long Retries,
    LatencyView LatencyMs)
{
    public static BackendView From(Backend backend)
    {
        var latency = backend.Attempts.Latency.QuantilesInMilliseconds(0.5, 0.95, 0.99);
        return new(backend.Name, backend.ShownAddress, backend.ClusterId, backend.State, backend.EffectiveWeight, backend.Attempts.InFlight,
            backend.Attempts.Begun, backend.Attempts.Failed, backend.Attempts.Retried, new(latency[0], latency[1], latency[2]));
    }
}

/// <summary>Quantiles of the time to the response head over the last minute, in milliseconds.</summary>
internal sealed record LatencyView(double P50, double P95, double P99);
