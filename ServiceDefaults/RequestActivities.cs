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
    /// allocation. Worse, HTTP clients would send it to the backend as the parent, in place of the <c>traceparent</c> that came in, and no collector
    /// would ever get it. A configured level for the category, or for a category above it at which requests are logged, keeps the activity.
    /// </summary>
    public static void DisableUnlessLogged(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        if (AreLogged(options.Rules))
            return;

        // A rule for a provider beats one for a category, so each provider that has rules needs its own.
        foreach (var provider in ProvidersOf(options.Rules).ToArray())
            options.Rules.Add(new(provider, HostingDiagnostics, LogLevel.None, null));
    });

    /// <summary>
    /// Listens to ASP.NET Core's activities where there are some anyway, since requests are logged: they are the spans that the log records
    /// belong to. A listener where there are none would have ASP.NET Core make one for each request, sampled or not.
    /// </summary>
    public static TracerProviderBuilder AddSourceOfLoggedRequests(this TracerProviderBuilder tracing) =>
        ((IDeferredTracerProviderBuilder)tracing).Configure((services, builder) =>
        {
            if (AreLogged(services.GetRequiredService<IOptions<LoggerFilterOptions>>().Value.Rules))
                builder.AddSource("Microsoft.AspNetCore");
        });

    private static bool AreLogged(IList<LoggerFilterRule> rules) =>
        rules.Any(rule => rule.CategoryName == HostingDiagnostics && rule.LogLevel != LogLevel.None)
        || ProvidersOf(rules).Any(provider => RuleFor(rules, provider) is { CategoryName: not null, LogLevel: <= LogLevel.Information });

    private static IEnumerable<string?> ProvidersOf(IList<LoggerFilterRule> rules) => rules.Select(rule => rule.ProviderName).Append(null).Distinct();

    // As Microsoft.Extensions.Logging chooses: the provider's own rules come first, then the longest category, then the last one.
    private static LoggerFilterRule? RuleFor(IList<LoggerFilterRule> rules, string? provider) => rules
        .Where(rule => (rule.ProviderName is null || rule.ProviderName == provider) && Covers(rule.CategoryName))
        .OrderBy(rule => rule.ProviderName is not null).ThenBy(rule => rule.CategoryName?.Length ?? 0)
        .LastOrDefault();

    private static bool Covers(string? category)
    {
        var parts = (category ?? "").Split('*', 2);
        return HostingDiagnostics.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase)
            && HostingDiagnostics.EndsWith(parts.ElementAtOrDefault(1) ?? "", StringComparison.OrdinalIgnoreCase);
    }
}
