using System.Runtime.CompilerServices;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.ServiceDefaults;
using Microsoft.Extensions.Configuration.Memory;
using OpenTelemetry.Metrics;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Registers logs, metrics, traces and the access log.</summary>
internal static class ObservingExtensions
{
    // Inserted with the lowest priority, so that any configured level wins.
    private static readonly Dictionary<string, string?> LogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:Yarp"] = "Warning",

        // The command line reports a failed start in one sentence, and the retry loop reports failed attempts.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
        ["Logging:LogLevel:Yarp.ReverseProxy.Forwarder.HttpForwarder"] = "Error",
    };

    /// <summary>Adds single-line logs (without messages that repeat AspireLB's own), metrics, traces and the event journal.</summary>
    public static void AddObserving(this WebApplicationBuilder builder, EffectiveConfiguration configuration)
    {
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.AddSingleton<ConfigurationMetrics>();
        builder.Services.AddSingleton<PrometheusEndpoint>();
        builder.Services.AddSingleton<RequestDurations>();
        builder.Services.AddHostedService<StateMetrics>();
        builder.Services.AddHostedService<ListeningNotice>();
        if (configuration.LoadBalancer.Root.AccessLog is { Format: not "None" } accessLog)
        {
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<AccessLog>(services, accessLog));
            builder.Services.AddHostedService(services => services.GetRequiredService<AccessLog>());
        }

        if (OpenTelemetryExtensions.ExportsMetrics(builder.Configuration))
            LimitSeries(builder.Services, configuration);
        builder.Services.AddSingleton<IStartupFilter, RequestTelemetry>();
        if (OpenTelemetryExtensions.ExportsTraces(builder.Configuration))
            builder.Services.AddSingleton<RequestTracing>();
        builder.Services.AddSingleton<EventJournal>();
        builder.Services.AddSingleton<ILoggerProvider, JournalLogger>();
        builder.Logging.AddFilter<JournalLogger>(JournalLogger.Category, LogLevel.Information);
    }

    // A separate method, so that a process that exports nothing does not load OpenTelemetry.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LimitSeries(IServiceCollection services, EffectiveConfiguration configuration)
    {
        var backends = configuration.Clusters.Sum(cluster => cluster.Destinations?.Count ?? 0);
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddView(instrument => SeriesLimit.For(instrument, backends)));
    }

    /// <summary>Adds the access log if it is enabled; first in the pipeline, so that it records every request.</summary>
    public static void UseAccessLog(this WebApplication app)
    {
        if (app.Services.GetService<AccessLog>() is not null)
            app.UseMiddleware<AccessLogging>();
    }
}
