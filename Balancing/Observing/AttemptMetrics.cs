using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>Counts retries, and times attempts. Without a listener each costs a check of a flag.</summary>
internal sealed class AttemptMetrics
{
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;
    private readonly BatchedHistogram _duration;

    public AttemptMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _retries = Instruments.Retries.CreateCounter(meter);
        _hedges = Instruments.Hedges.CreateCounter(meter);
        _duration = new(meter, Instruments.AttemptDuration.CreateHistogram(meter, Instruments.Seconds));
    }

    /// <summary>The head of a response is there.</summary>
    /// <param name="backend">Tags of the backend that it came from.</param>
    /// <param name="latency">How long it took.</param>
    public void RecordResponse(KeyValuePair<string, object?>[] backend, TimeSpan latency)
    {
        if (_duration.Enabled)
            _duration.Record(latency.TotalSeconds, backend);
    }

    /// <summary>An attempt beside another one at the same request is over.</summary>
    public void CountHedge(string cluster, string backend, AttemptResult result, bool won)
    {
        var outcome = won ? "won" : result.Failure == AttemptFailure.Overtaken ? "lost" : "failed";
        if (_hedges.Enabled)
            _hedges.Add(1, new TagList { { TelemetryNames.ClusterTag, cluster }, { TelemetryNames.BackendTag, backend }, { TelemetryNames.OutcomeTag, outcome } });
    }

    public void CountRetry(string cluster, string backend)
    {
        if (_retries.Enabled)
            _retries.Add(1, new TagList { { TelemetryNames.ClusterTag, cluster }, { TelemetryNames.BackendTag, backend } });
    }
}
