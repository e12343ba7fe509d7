using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace AspireLB.ServiceDefaults;

/// <summary>Controls whether ASP.NET Core starts an activity for each request.</summary>
internal static class RequestActivities
{
    private const string HostingDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>
    /// ASP.NET Core starts an activity for each request as soon as any logger accepts this category, so the category is disabled. The activity
    /// would cost an allocation. Worse, HTTP clients would send it to the backend as the parent in place of the incoming <c>traceparent</c>, and
    /// no collector would ever receive it. A configured level for the category, or for a parent category that logs requests, keeps the activity.
    /// </summary>
    public static void DisableUnlessLogged(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        if (AreLogged(options.Rules))
            return;

        // A rule for a provider takes precedence over one for a category, so each provider with rules needs its own.
        foreach (var provider in ProvidersOf(options.Rules).ToArray())
            options.Rules.Add(new(provider, HostingDiagnostics, LogLevel.None, null));
    });

    /// <summary>
    /// Listens to ASP.NET Core's activities only if they exist because requests are logged: they are the spans of those log records. Otherwise a
    /// listener would make ASP.NET Core create one for each request, sampled or not.
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

    // Selects as Microsoft.Extensions.Logging does: the provider's own rules first, then the longest category, then the last rule.
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
