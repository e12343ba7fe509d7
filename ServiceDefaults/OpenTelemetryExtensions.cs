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

/// <summary>Exports telemetry by OTLP, configured by the standard <c>OTEL_*</c> variables.</summary>
public static class OpenTelemetryExtensions
{
    // On by default in ASP.NET Core 10, off by default from 11 on.
    private const string NoServerSpanTags = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    private const string ExemplarFilter = "OTEL_METRICS_EXEMPLAR_FILTER";

    /// <summary>
    /// The meters to export: the program's own, and those of ASP.NET Core and .NET that matter for a proxy. ASP.NET Core's request meter is not
    /// included: the balancer measures requests itself, at lower cost.
    /// </summary>
    /// <param name="source">Name of the program's own meter.</param>
    public static string[] MeterNames(string source) => ["Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", source];

    /// <summary>Whether spans are exported.</summary>
    public static bool ExportsTraces(IConfiguration configuration) => OtlpSignals.From(configuration).Traces;

    /// <summary>Whether metrics are exported by OTLP.</summary>
    public static bool ExportsMetrics(IConfiguration configuration) => OtlpSignals.From(configuration).Metrics;

    /// <summary>
    /// Exports traces, metrics and logs if an OTLP endpoint is configured. Otherwise nothing is registered, so that requests cost nothing extra.
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

    /// <summary>A separate method, so that a process that exports nothing does not load OpenTelemetry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Export(this IHostApplicationBuilder builder, OtlpSignals signals, string source)
    {
        var instance = ServiceInstance.Attributes(builder.Configuration).ToArray();
        AppContext.SetSwitch(NoServerSpanTags, false);

        // UseOtlpExporter reads the variables of each signal but always enables all three, so a disabled signal gets no sources.
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

                // The specification's default, which the SDK does not follow.
                if (builder.Configuration[ExemplarFilter] is null)
                    metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
            })
            .WithLogging(null, logging =>
            {
                logging.IncludeFormattedMessage = true;

                // A message's own placeholders describe it. Scopes would add ids that the record already has as fields.
                logging.IncludeScopes = false;
            })
            .UseOtlpExporter();
        if (!signals.Logs)
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.None);

        builder.Services.AddHostedService<BoundedShutdown>();
    }
}
