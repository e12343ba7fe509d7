using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AspireLB.ServiceDefaults;

/// <summary>Adds telemetry and health endpoints, the same for every service of the solution.</summary>
public static class Extensions
{
    /// <summary>Tag of liveness checks: a failing one calls for a restart.</summary>
    public const string LiveTag = "live";

    /// <summary>Tag of readiness checks: traffic may be sent here while they pass.</summary>
    public const string ReadyTag = "ready";

    /// <summary>
    /// Adds traces, metrics and logs by OTLP if an endpoint is configured, and the health checks behind <see cref="MapDefaultEndpoints"/>.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="source">Name of the program's own activity source and meter.</param>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder, string source) where TBuilder : IHostApplicationBuilder
        => builder.ConfigureOpenTelemetry(source).AddDefaultHealthChecks();

    /// <summary>Adds a liveness check. Without readiness checks, a process that responds is also ready.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        return builder;
    }

    /// <summary>
    /// Maps <c>/alive</c> (checks tagged <see cref="LiveTag"/>) and <c>/health</c> (checks tagged <see cref="ReadyTag"/>): 200 with one word of
    /// text, or 503 with problem details (RFC 9457) that name each failing check and its reason. Never cached, and not counted as traffic.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        Map("/alive", LiveTag);
        Map("/health", ReadyTag);
        return app;

        void Map(string path, string tag) => app
            .MapHealthChecks(path, new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = HealthResponse.WriteAsync,
            })
            .DisableHttpMetrics();
    }
}
