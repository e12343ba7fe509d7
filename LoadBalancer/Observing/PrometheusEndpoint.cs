using AspireLB.Balancing.Model;
using AspireLB.ServiceDefaults;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Serves <c>/metrics</c> as Prometheus text. Measuring begins with the first scrape, so that requests cost nothing extra without scrapes. It is
/// independent of the OTLP export: either works without the other.
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
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(
                "AspireLB",
                serviceVersion: typeof(PrometheusEndpoint).Assembly.GetName().Version?.ToString(3),
                autoGenerateServiceInstanceId: false))
            .AddMeter(OpenTelemetryExtensions.MeterNames(TelemetryNames.Source))
            // Drop names that Prometheus' conventions forbid: "_count" is reserved for histograms.
            .AddView(instrument => IsDotNetCount(instrument.Name) ? MetricStreamConfiguration.Drop : null)
            .AddView(instrument => SeriesLimit.For(instrument, backends))
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddPrometheusExporter(options =>
            {
                options.ScopeInfoEnabled = false;
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.MaxScrapeResponseSizeBytes = LargestText;
            })
            .Build();
        var scrape = new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(provider, _ => true, null, null, null).Build();
        return (provider, scrape);
    }

    private static bool IsDotNetCount(string name) =>
        name.StartsWith("dotnet.", StringComparison.Ordinal) && name.EndsWith(".count", StringComparison.Ordinal);
}
