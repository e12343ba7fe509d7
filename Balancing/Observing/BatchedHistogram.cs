using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// A histogram that is given its measurements many at a time. OpenTelemetry's SDK finds the series of each by its tags; once for each request, with
/// the processor's caches full of other things, that takes several times as long as over and over. Whoever collects gets all there is.
/// </summary>
internal sealed class BatchedHistogram
{
    private const int Size = 128;

    private readonly Histogram<double> _histogram;
    private readonly Lock _lock = new();
    private Measured[] _batch = new Measured[Size];
    private Measured[]? _spare;
    private int _count;

    public BatchedHistogram(Meter meter, Histogram<double> histogram)
    {
        _histogram = histogram;

        // Never has a value. It is asked for one by everybody who collects, before the histograms are read.
        meter.CreateObservableGauge(histogram.Name + ".batch", Collect);
    }

    public bool Enabled => _histogram.Enabled;

    /// <param name="value">What was measured.</param>
    /// <param name="tags">Not to be changed any more.</param>
    public void Record(double value, KeyValuePair<string, object?>[] tags)
    {
        // Its trace may become an exemplar, so it has to be recorded within it.
        if (Activity.Current is { Recorded: true })
        {
            _histogram.Record(value, tags);
            return;
        }

        Measured[] full;
        lock (_lock)
        {
            _batch[_count++] = new(value, tags);
            if (_count < Size)
                return;
            full = Take();
        }

        Flush(full, Size);
    }

    /// <summary>The same for tags that are another's.</summary>
    public void RecordNow(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _histogram.Record(value, tags);

    private IEnumerable<Measurement<double>> Collect()
    {
        Measured[] begun;
        int count;
        lock (_lock)
        {
            count = _count;
            begun = Take();
        }

        Flush(begun, count);
        return [];
    }

    private Measured[] Take()
    {
        var batch = _batch;
        _batch = _spare ?? new Measured[Size];
        _spare = null;
        _count = 0;
        return batch;
    }

    private void Flush(Measured[] batch, int count)
    {
        foreach (var (value, tags) in batch.AsSpan(0, count))
            _histogram.Record(value, tags);
        Volatile.Write(ref _spare, batch);
    }

    private readonly record struct Measured(double Value, KeyValuePair<string, object?>[] Tags);
}
