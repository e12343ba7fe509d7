using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspireLB.ServiceDefaults;

/// <summary>Excludes an application from telemetry when it runs in the same process as the one that carries traffic.</summary>
public static class UnobservedExtensions
{
    private const string Prefix = "Unobserved.";

    /// <summary>
    /// Excludes requests to this application from the process's telemetry. Listeners select by name across the whole process, so health probes,
    /// scrapes and event streams would otherwise count as traffic, with spans and in <c>http.server.*</c> and <c>kestrel.*</c>.
    /// </summary>
    public static TBuilder ExcludeRequestsFromTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        RequestActivities.DisableUnlessLogged(builder.Services);
        builder.Services.AddSingleton(new ActivitySource(Prefix + "Microsoft.AspNetCore"));
        builder.Services.AddSingleton<IMeterFactory, UnobservedMeterFactory>();
        return builder;
    }

    private sealed class UnobservedMeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(Prefix + options.Name);

        public void Dispose()
        {
        }
    }
}
