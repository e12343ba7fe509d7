using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>Times the requests that have to wait for a place at a backend; those that need not pass untouched.</summary>
internal sealed class QueueMetrics(IMeterFactory meters, TimeProvider time)
{
    private readonly Histogram<double> _wait = Instruments.QueueWait.CreateHistogram(meters.Create(TelemetryNames.Source), Instruments.Seconds);

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
            _wait.Record(time.GetElapsedTime(began).TotalSeconds, new TagList { { TelemetryNames.ClusterTag, cluster }, { TelemetryNames.OutcomeTag, outcome } });
        }
    }
}
