using System.Diagnostics.Metrics;
using AspireLB.LoadBalancer.Observing.Measuring;
using AspireLB.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AspireLB.LoadBalancer.Tests.Observing.Measuring;

/// <summary>What a collector gets of the durations that ASP.NET Core measures, whose instrument is played by the test.</summary>
public sealed class RequestDurationsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestDurations _durations;
    private readonly Histogram<double> _hosting;

    public RequestDurationsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _hosting = meters.Create(OpenTelemetryExtensions.HostingMeter).CreateHistogram<double>(OpenTelemetryExtensions.RequestDuration, "s");
        _durations = new(meters);
    }

    [Fact]
    public void Recorded_OfManyRoutesAndStatuses_AreAllCountedByTheirTags()
    {
        var exported = new List<(object? Route, object? Status, long Count)>();
        using var sdk = Collect(exported);
        _durations.Begin();

        for (var i = 0; i < 1000; i++)
            _hosting.Record(0.25, new("http.route", $"/{i % 50}"), new("http.response.status_code", 200 + (i % 2))); // neither the same objects twice, nor few sets
        sdk.ForceFlush();

        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => ((object?)$"/{i}", (object?)(200 + (i % 2)), 20L)).OrderBy(series => (string)series.Item1!, StringComparer.Ordinal),
            exported.OrderBy(series => (string)series.Route!, StringComparer.Ordinal));
    }

    [Fact]
    public void NobodyCollects_AspNetCoreMeasuresNothing()
    {
        Assert.False(_hosting.Enabled);

        _durations.Begin();

        Assert.True(_hosting.Enabled);
    }

    public void Dispose()
    {
        _durations.Dispose();
        _services.Dispose();
    }

    private static MeterProvider Collect(List<(object? Route, object? Status, long Count)> exported) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(OpenTelemetryExtensions.HostingMeter)
        .AddView(OpenTelemetryExtensions.LeftOut)
        .AddReader(new BaseExportingMetricReader(new Exporter(exported)))
        .Build();

    private sealed class Exporter(List<(object? Route, object? Status, long Count)> exported) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            exported.Clear();
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var tags = new Dictionary<string, object?>();
                    foreach (var tag in point.Tags)
                        tags[tag.Key] = tag.Value;
                    exported.Add((tags["http.route"], tags["http.response.status_code"], point.GetHistogramCount()));
                }
            }

            return ExportResult.Success;
        }
    }
}
