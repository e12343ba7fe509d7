using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AspireLB.ServiceDefaults;

/// <summary>Telemetry by OTLP. Everything about the export follows the standard <c>OTEL_*</c> variables.</summary>
public static class OpenTelemetryExtensions
{
    /// <summary>Name of our own activity source and meter.</summary>
    public const string SourceName = "AspireLB.LoadBalancer";

    private const string HostingDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // On by default in ASP.NET Core 10, off by default from 11 on.
    private const string NoServerSpanTags = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy", SourceName];

    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", SourceName];

    /// <summary>
    /// Exports traces, metrics and logs where an OTLP endpoint is configured. Where none is, nothing is registered, so that a request pays nothing.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        var signals = OtlpSignals.From(builder.Configuration);
        if (!signals.Traces)
            builder.LeaveTraceContextToClients();
        if (!signals.Any)
            return builder;

        // UseOtlpExporter knows the variables of each signal, but always turns on all three; one that is off has nothing to listen to.
        AppContext.SetSwitch(NoServerSpanTags, false);
        builder.AddOpenTelemetry()
            .WithTracing(tracing =>
            {
                if (signals.Traces)
                    tracing.AddSource(Sources).AddInstrumentation(services => new ServerSpanTags(services.GetService<DiagnosticListener>()));
            })
            .WithMetrics(metrics =>
            {
                if (signals.Metrics)
                    metrics.AddMeter(Meters);
            })
            .WithLogging(null, logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            })
            .UseOtlpExporter();
        if (!signals.Logs)
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.None);

        builder.Services.AddHostedService<BoundedShutdown>();
        return builder;
    }

    /// <summary>
    /// ASP.NET Core starts an activity for each request as soon as this category logs anything, listener or not. It would cost an allocation
    /// and, worse, the HTTP client would then send a parent that nobody ever exports instead of the <c>traceparent</c> that came from the client.
    /// A level set for the category in the configuration is obeyed.
    /// </summary>
    private static void LeaveTraceContextToClients(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[$"Logging:LogLevel:{HostingDiagnostics}"] is null)
            builder.Logging.AddFilter(HostingDiagnostics, LogLevel.None);
    }
}
