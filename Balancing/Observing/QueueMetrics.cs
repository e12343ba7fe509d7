using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>QueueMetrics measures how long requests wait for a slot at a backend. A request that gets one at once costs nothing.</summary>
internal sealed class QueueMetrics(IMeterFactory meters, TimeProvider time)
{
    private readonly Histogram<double> _wait = Instruments.QueueWait.CreateHistogram(meters.Create(TelemetryNames.Source), Instruments.Seconds);

    public ValueTask<Backend?> Timed(string cluster, ValueTask<Backend?> slot) =>
        slot.IsCompleted || !_wait.Enabled ? slot : TimedAsync(cluster, slot);

    private async ValueTask<Backend?> TimedAsync(string cluster, ValueTask<Backend?> slot)
    {
        var began = time.GetTimestamp();
        var outcome = "gave_up";
        try
        {
            var backend = await slot;
            outcome = backend is null ? "timed_out" : "served";
            return backend;
        }
        finally
        {
            var tags = new TagList { { TelemetryNames.ClusterTag, cluster }, { TelemetryNames.OutcomeTag, outcome } };
            _wait.Record(time.GetElapsedTime(began).TotalSeconds, tags);
        }
    }
}
