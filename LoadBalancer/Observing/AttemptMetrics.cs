using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.LoadBalancer.Forwarding;
using AspireLB.ServiceDefaults;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Counts attempts and retries.</summary>
internal sealed class AttemptMetrics
{
    public const string ClusterTag = "aspirelb.cluster";
    public const string BackendTag = "aspirelb.backend";
    public const string OutcomeTag = "aspirelb.outcome";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _retries;

    public AttemptMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(OpenTelemetryExtensions.SourceName);
        _attempts = meter.CreateCounter<long>("aspirelb.attempts", "{attempt}", "Attempts to forward a request to a backend, by outcome.");
        _retries = meter.CreateCounter<long>("aspirelb.retries", "{attempt}", "Failed attempts that were repeated on another backend.");
    }

    public void AttemptEnded(string cluster, string backend, AttemptResult result, bool repeated)
    {
        if (_attempts.Enabled)
            _attempts.Add(1, new TagList { { ClusterTag, cluster }, { BackendTag, backend }, { OutcomeTag, OutcomeName.Of(result) } });
        if (repeated && _retries.Enabled)
            _retries.Add(1, new TagList { { ClusterTag, cluster }, { BackendTag, backend } });
    }
}
