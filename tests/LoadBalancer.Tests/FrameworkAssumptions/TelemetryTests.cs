using System.Diagnostics.Metrics;
using AspireLB.Balancing.Observing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>What the balancer takes for granted of OpenTelemetry's SDK.</summary>
public sealed class TelemetryTests
{
    /// <summary>A batch is handed over when the SDK asks the gauge beside the histogram, which it does before it reads the histogram.</summary>
    [Fact]
    public void Collection_BatchIsNotFull_HasItAtOnce()
    {
        using var meter = new Meter("AspireLB.Tests.Batch");
        var exporter = new CountingExporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(exporter)).Build();
        var histogram = new BatchedHistogram(meter, meter.CreateHistogram<double>("duration"));
        for (var i = 0; i < 3; i++)
            histogram.Record(1, []);
        Assert.Equal(0, exporter.Measurements);

        Assert.True(provider.ForceFlush());

        Assert.Equal(3, exporter.Measurements);
    }

    private sealed class CountingExporter : BaseExporter<Metric>
    {
        public long Measurements { get; private set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                if (metric.MetricType != MetricType.Histogram)
                    continue;
                foreach (ref readonly var point in metric.GetMetricPoints())
                    Measurements = point.GetHistogramCount();
            }

            return ExportResult.Success;
        }
    }
}
