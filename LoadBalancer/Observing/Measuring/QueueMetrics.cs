using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.LoadBalancer.Routing;
using AspireLB.ServiceDefaults;

namespace AspireLB.LoadBalancer.Observing.Measuring;

/// <summary>Times the requests that have to wait for a place at a backend; those that need not pass untouched.</summary>
internal sealed class QueueMetrics(IMeterFactory meters, TimeProvider time)
{
    private readonly Histogram<double> _wait = Instruments.QueueWait.CreateHistogram(meters.Create(OpenTelemetryExtensions.SourceName), Instruments.Seconds);

    public ValueTask<Backend?> Timed(string cluster, ValueTask<Backend?> place) =>
        place.IsCompleted || !_wait.Enabled ? place : TimedAsync(cluster, place);

    private async ValueTask<Backend?> TimedAsync(string cluster, ValueTask<Backend?> place)
    {
        var began = time.GetTimestamp();
        var outcome = "gave_up";
        try
        {
            var backend = await place;
            outcome = backend is null ? "timed_out" : "served";
            return backend;
        }
        finally
        {
            _wait.Record(time.GetElapsedTime(began).TotalSeconds, new TagList { { Instruments.ClusterTag, cluster }, { Instruments.OutcomeTag, outcome } });
        }
    }
}
