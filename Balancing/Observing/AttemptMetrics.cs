using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>AttemptMetrics counts retries and hedges, and measures attempts. Without a listener each call costs the check of a flag.</summary>
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

    /// <summary>Records that a response head has arrived.</summary>
    /// <param name="backend">Tags of the backend that sent it.</param>
    /// <param name="latency">The time since the attempt began.</param>
    public void RecordResponse(KeyValuePair<string, object?>[] backend, TimeSpan latency)
    {
        if (_duration.Enabled)
            _duration.Record(latency.TotalSeconds, backend);
    }

    /// <summary>Counts a finished attempt that was made beside another at the same request.</summary>
    public void CountHedge(string cluster, string backend, AttemptResult result, bool won)
    {
        var outcome = won ? "won" : result.Failure == AttemptFailure.Overtaken ? "lost" : "failed";
        if (_hedges.Enabled)
        {
            _hedges.Add(1, new TagList
            {
                { TelemetryNames.ClusterTag, cluster },
                { TelemetryNames.BackendTag, backend },
                { TelemetryNames.OutcomeTag, outcome },
            });
        }
    }

    public void CountRetry(string cluster, string backend)
    {
        if (_retries.Enabled)
            _retries.Add(1, new TagList { { TelemetryNames.ClusterTag, cluster }, { TelemetryNames.BackendTag, backend } });
    }
}
