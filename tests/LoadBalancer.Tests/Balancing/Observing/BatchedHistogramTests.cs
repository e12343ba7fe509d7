using System.Diagnostics;
using System.Diagnostics.Metrics;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Tests.Observing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Observing;

public class BatchedHistogramTests
{
    private static readonly KeyValuePair<string, object?>[] A = [new("from", "a")];
    private static readonly KeyValuePair<string, object?>[] B = [new("from", "b")];

    [Fact]
    public void Collect_AfterRecords_YieldsEachOnce()
    {
        using var measurements = new Measurements();
        var histogram = Create(measurements);

        histogram.Record(1, A);
        histogram.Record(2, B);

        Assert.Empty(measurements.Seen); // not one by one
        Assert.Equal(["waits{from=a} 1", "waits{from=b} 2"], measurements.Observe());
        Assert.Empty(measurements.Observe());
    }

    [Fact]
    public void Record_ManyBetweenCollections_LosesNoneAndKeepsFew()
    {
        using var measurements = new Measurements();
        var histogram = Create(measurements);

        for (var i = 0; i < 1000; i++)
            histogram.Record(i, A);
        var passed = measurements.Seen.ToArray();
        var rest = measurements.Observe();

        Assert.InRange(rest.Count, 0, 200);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"waits{{from=a}} {i}"), passed.Concat(rest));
    }

    [Fact]
    public async Task Record_FromManyThreadsWhileCollected_LosesNone()
    {
        var sum = 0L;
        using var meter = new Meter(nameof(BatchedHistogramTests));
        var histogram = new BatchedHistogram(meter, meter.CreateHistogram<double>("waits"));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => Interlocked.Add(ref sum, (long)value));
        listener.Start();

        var recording = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                histogram.Record(1, A);
        })));
        while (!recording.IsCompleted)
            listener.RecordObservableInstruments();
        await recording;
        listener.RecordObservableInstruments();

        Assert.Equal(40_000, sum);
    }

    [Fact]
    public void Record_WithinARecordedSpan_IsRecordedWithinIt()
    {
        using var measurements = new Measurements();
        var histogram = Create(measurements);

        using (var unrecorded = new Activity("unrecorded").Start())
            histogram.Record(1, A);
        using (var recorded = new Activity("recorded") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start())
            histogram.Record(2, A);

        Assert.Equal(["waits{from=a} 2"], measurements.Seen);
    }

    private static BatchedHistogram Create(Measurements measurements)
    {
        var meter = measurements.Meters.Create("batches");
        return new(meter, meter.CreateHistogram<double>("waits"));
    }
}
