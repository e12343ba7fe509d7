using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// BatchedHistogram records measurements in batches. OpenTelemetry's SDK looks up the series of each measurement by its tags. Done once per request,
/// with the processor's caches full of other data, a look-up takes several times as long as in a batch. A collection first flushes the batch.
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

        // This gauge never has a value. Every collection asks it for one, before the histograms are read, and so flushes the batch.
        meter.CreateObservableGauge(histogram.Name + ".batch", Collect);
    }

    public bool Enabled => _histogram.Enabled;

    /// <param name="value">The measurement.</param>
    /// <param name="tags">The tags; the caller must not change them afterwards.</param>
    public void Record(double value, KeyValuePair<string, object?>[] tags)
    {
        // The trace may become an exemplar, so the measurement must be recorded while the trace is current.
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

    /// <summary>Records at once, for tags that the caller will change.</summary>
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
