using AspireLB.Balancing.Model;
using AspireLB.ServiceDefaults;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// <c>/metrics</c>: what the process measures, as Prometheus text. Measuring begins with the first scrape, so that a request of a balancer
/// that nobody scrapes pays nothing. It is apart from the export by OTLP: either works without the other.
/// </summary>
internal sealed class PrometheusEndpoint : IDisposable
{
    private const int LargestText = 256 * 1024 * 1024;

    private readonly Lazy<(MeterProvider Provider, RequestDelegate Scrape)> _scraping;

    public PrometheusEndpoint(IServiceProvider services) => _scraping = new(() => Begin(services));

    public Task ScrapeAsync(HttpContext context) => _scraping.Value.Scrape(context);

    public void Dispose()
    {
        if (_scraping.IsValueCreated)
            _scraping.Value.Provider.Dispose();
    }

    private static (MeterProvider Provider, RequestDelegate Scrape) Begin(IServiceProvider services)
    {
        var registry = services.GetRequiredService<ClusterRegistry>();
        var backends = registry.States.Sum(cluster => registry.BackendsOf(cluster).Count());
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("AspireLB", serviceVersion: typeof(PrometheusEndpoint).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false))
            .AddMeter(OpenTelemetryExtensions.MeterNames(TelemetryNames.Source))
            // Names that Prometheus' own conventions forbid: "_count" belongs to histograms.
            .AddView(instrument => instrument.Name.StartsWith("dotnet.", StringComparison.Ordinal) && instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null)
            .AddView(instrument => SeriesLimit.For(instrument, backends))
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddPrometheusExporter(options =>
            {
                options.ScopeInfoEnabled = false;
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.MaxScrapeResponseSizeBytes = LargestText;
            })
            .Build();
        return (provider, new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(provider, _ => true, null, null, null).Build());
    }
}
