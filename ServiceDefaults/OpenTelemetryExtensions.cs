using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AspireLB.ServiceDefaults;

/// <summary>Telemetry by OTLP. Everything about the export follows the standard <c>OTEL_*</c> variables.</summary>
public static class OpenTelemetryExtensions
{
    // On by default in ASP.NET Core 10, off by default from 11 on.
    private const string NoServerSpanTags = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    private const string ExemplarFilter = "OTEL_METRICS_EXEMPLAR_FILTER";

    /// <summary>
    /// The meters that are worth a look: ours, and those of ASP.NET Core and .NET for what a proxy does. The one of ASP.NET Core for requests is not
    /// among them: the balancer measures these by itself, for less.
    /// </summary>
    /// <param name="source">Name of the program's own meter.</param>
    public static string[] MeterNames(string source) => ["Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", source];

    /// <summary>Whether spans go anywhere.</summary>
    public static bool ExportsTraces(IConfiguration configuration) => OtlpSignals.From(configuration).Traces;

    /// <summary>Whether metrics go anywhere by OTLP.</summary>
    public static bool ExportsMetrics(IConfiguration configuration) => OtlpSignals.From(configuration).Metrics;

    /// <summary>
    /// Exports traces, metrics and logs where an OTLP endpoint is configured. Where none is, nothing is registered, so that a request pays nothing.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="source">Name of the program's own activity source and meter.</param>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder, string source) where TBuilder : IHostApplicationBuilder
    {
        var signals = OtlpSignals.From(builder.Configuration);
        RequestActivities.DisableUnlessLogged(builder.Services);
        if (signals.Any)
            builder.Export(signals, source);
        return builder;
    }

    /// <summary>By itself, so that a process that exports nothing does not load OpenTelemetry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Export(this IHostApplicationBuilder builder, OtlpSignals signals, string source)
    {
        var instance = ServiceInstance.Attributes(builder.Configuration).ToArray();
        AppContext.SetSwitch(NoServerSpanTags, false);

        // UseOtlpExporter knows the variables of each signal, but always turns on all three; one that is off has nothing to listen to.
        builder.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes(instance))
            .WithTracing(tracing =>
            {
                if (signals.Traces)
                    tracing.AddSource(source).AddSourceOfLoggedRequests();
            })
            .WithMetrics(metrics =>
            {
                if (signals.Metrics)
                    metrics.AddMeter(MeterNames(source));

                // The default of the specification, which the SDK's differs from.
                if (builder.Configuration[ExemplarFilter] is null)
                    metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
            })
            .WithLogging(null, logging =>
            {
                logging.IncludeFormattedMessage = true;

                // What a message speaks of are its own placeholders. Scopes would add ids that the record has as fields already.
                logging.IncludeScopes = false;
            })
            .UseOtlpExporter();
        if (!signals.Logs)
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.None);

        builder.Services.AddHostedService<BoundedShutdown>();
    }
}
