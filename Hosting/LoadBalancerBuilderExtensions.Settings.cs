using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class LoadBalancerBuilderExtensions
{
    private const string DefaultCookie = ".AspireLB.Backend";

    /// <summary>Sets the policy that picks a backend. Default: <see cref="LoadBalancingPolicy.RoundRobin"/>.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such policy.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithPolicy(this IResourceBuilder<LoadBalancerResource> builder, LoadBalancingPolicy policy)
    {
        if (!Enum.IsDefined(policy))
        {
            var names = string.Join(", ", Enum.GetNames<LoadBalancingPolicy>());
            throw new ArgumentOutOfRangeException(nameof(policy), policy, $"There is no such policy; there are {names}.");
        }

        return builder.WithSetting("LoadBalancer:Policy", policy.ToString());
    }

    /// <summary>Sets the health probe that the balancer sends to each backend. Default: <c>/</c>, every 5 seconds.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="path">Path, with a query if needed.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentException">The path does not begin with /.</exception>
    // A separate overload: with default values in the one below, Aspire's own WithHealthCheck(key) would be the better match.
    public static IResourceBuilder<LoadBalancerResource> WithHealthCheck(this IResourceBuilder<LoadBalancerResource> builder, string path) =>
        builder.WithHealthCheck(path, interval: null);

    /// <summary>Sets the health probe that the balancer sends to each backend. Default: <c>/</c>, every 5 seconds.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="path">Path, with a query if needed.</param>
    /// <param name="interval">Time between two probes of a backend, 10 ms to 1 day; null: 5 s.</param>
    /// <param name="timeout">Maximum duration of a probe, 1 ms to 1 h; null: 2 s.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentException">The path does not begin with /, or a time is out of range.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithHealthCheck(
        this IResourceBuilder<LoadBalancerResource> builder, string path, TimeSpan? interval, TimeSpan? timeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!path.StartsWith('/'))
            throw new ArgumentException($"The path of a health check begins with /: '{path}' does not.", nameof(path));
        CheckTime(interval, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1), nameof(interval));
        CheckTime(timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(timeout));
        builder.WithSetting("LoadBalancer:Health:Active:Path", path);
        if (interval is { } every)
            builder.WithSetting("LoadBalancer:Health:Active:Interval", every.ToString("c"));
        return timeout is { } longest ? builder.WithSetting("LoadBalancer:Health:Active:Timeout", longest.ToString("c")) : builder;
    }

    /// <summary>Binds each client, by a cookie, to the first backend that served it. If that is removed, the client is bound to another.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="cookieName">Name of the cookie; null: .AspireLB.Backend.</param>
    /// <returns>The balancer.</returns>
    /// <exception cref="ArgumentException">The name is not valid for a cookie.</exception>
    public static IResourceBuilder<LoadBalancerResource> WithStickySessions(
        this IResourceBuilder<LoadBalancerResource> builder, string? cookieName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (cookieName is not null && !CookieName().IsMatch(cookieName))
            throw new ArgumentException($"A cookie can't be named '{cookieName}'.", nameof(cookieName));
        builder.Resource.StickyCookie = cookieName ?? DefaultCookie;
        return builder;
    }

    /// <summary>Sets any key of the balancer's configuration.</summary>
    /// <param name="builder">The balancer.</param>
    /// <param name="key">The key, for example <c>LoadBalancer:Retry:MaxAttempts</c>.</param>
    /// <param name="value">The value.</param>
    /// <returns>The balancer.</returns>
    public static IResourceBuilder<LoadBalancerResource> WithSetting(this IResourceBuilder<LoadBalancerResource> builder, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
    }

    private static void CheckTime(TimeSpan? time, TimeSpan least, TimeSpan most, string name)
    {
        if (time < least || time > most)
            throw new ArgumentOutOfRangeException(name, time, $"It must be from {least:c} to {most:c}.");
    }

    // A cookie name is a token (RFC 6265, section 4.1.1).
    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex CookieName();
}
