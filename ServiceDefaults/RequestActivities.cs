using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace AspireLB.ServiceDefaults;

/// <summary>Whether ASP.NET Core starts an activity for each request.</summary>
internal static class RequestActivities
{
    private const string HostingDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>
    /// ASP.NET Core starts one for each request as soon as any logger takes this category, so it is turned off. The activity would cost an
    /// allocation and, worse, HTTP clients would send it to the backend as parent, which no collector ever hears of, instead of the
    /// <c>traceparent</c> that came in. Whoever sets a level for the category (to log each request) gets the activity too.
    /// </summary>
    public static void DisableUnlessLogged(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        if (options.Rules.Any(rule => rule.CategoryName == HostingDiagnostics))
            return;

        // A rule for a provider beats one for a category, so each provider that has rules needs its own.
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
            options.Rules.Add(new(provider, HostingDiagnostics, LogLevel.None, null));
    });

    /// <summary>
    /// Listens to ASP.NET Core's activities where there are some anyway, since requests are logged: they are the spans that the log records
    /// belong to. A listener where there are none would have ASP.NET Core make one for each request, sampled or not.
    /// </summary>
    public static TracerProviderBuilder AddSourceOfLoggedRequests(this TracerProviderBuilder tracing) =>
        ((IDeferredTracerProviderBuilder)tracing).Configure((services, builder) =>
        {
            var rules = services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.Rules;
            if (rules.Any(rule => rule.CategoryName == HostingDiagnostics && rule.LogLevel != LogLevel.None))
                builder.AddSource("Microsoft.AspNetCore");
        });
}
