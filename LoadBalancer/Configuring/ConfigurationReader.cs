using AspireLB.Balancing.Configuring;
using AspireLB.Balancing.Picking;
using AspireLB.Balancing.Routing;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Turns .NET configuration into an <see cref="EffectiveConfiguration"/>, or reports every error in it.</summary>
internal sealed class ConfigurationReader(IConfigValidator yarpValidator, PolicyNames policies)
{
    public const string DefaultUrls = "http://localhost:8080";

    public static ConfigurationReader Create() => new(YarpParsing.CreateValidator(), new PolicyNames(PickingPolicies.Names));

    /// <exception cref="InvalidConfigurationException">With every error found.</exception>
    public async Task<EffectiveConfiguration> ReadAsync(IConfiguration configuration)
    {
        var errors = new List<ConfigurationError>();
        var discovery = new ServiceDiscovery(configuration);
        var (routes, clusters) = ReverseProxySection.Read(configuration, errors);
        var backends = ReadBackends(configuration, hasOthers: routes.Count > 0 || clusters.Count > 0, errors);
        var expanded = BackendsCluster.Expand(backends, discovery);
        clusters = [.. clusters.Select(cluster => DiscoveredDestinations.In(cluster, discovery))];
        routes = Joined(routes, expanded.Routes, route => route.RouteId, "Routes", "route", errors);
        clusters = Joined(clusters, expanded.Clusters, cluster => cluster.ClusterId, "Clusters", "cluster", errors);

        var section = new LoadBalancerSection(configuration.GetSection(LoadBalancerSection.Key), errors);
        var options = section.Read(clusters, policies);
        var admin = AdminSection.Read(configuration, errors);
        var urls = ReadUrls(configuration, errors);
        await ValidateByYarpAsync(routes, clusters, errors);

        return errors.Count == 0
            ? new(urls, routes, [.. clusters.Select(OwnedCluster.From)], options, admin)
            : throw new InvalidConfigurationException([.. errors.Distinct()]);
    }

    // The default backends apply only when the key is absent. An empty list is an error.
    private static IReadOnlyList<BackendEntry> ReadBackends(IConfiguration configuration, bool hasOthers, List<ConfigurationError> errors)
    {
        var shorthand = new BackendsShorthand(configuration, errors);
        var backends = shorthand.Read();
        if (backends.Count > 0 || hasOthers)
            return backends;
        if (!shorthand.IsPresent)
            return DefaultBackends.All;

        if (errors.Count == 0)
        {
            errors.Add(new(
                BackendsShorthand.Key,
                "",
                "allowed: at least one backend; without the key, "
                + $"the backends are {DefaultBackends.All[0].Address} to {DefaultBackends.All[^1].Address}"));
        }
        return [];
    }

    private static IReadOnlyList<T> Joined<T>(
        IReadOnlyList<T> configured,
        IReadOnlyList<T> expanded,
        Func<T, string> id,
        string section,
        string kind,
        List<ConfigurationError> errors)
    {
        var taken = expanded.Select(id).Intersect(configured.Select(id), StringComparer.OrdinalIgnoreCase).ToList();
        errors.AddRange(taken.Select(name => new ConfigurationError(
            $"{ReverseProxySection.Key}:{section}:{name}",
            null,
            $"the {kind} made from {BackendsShorthand.Key} already has this name; choose another")));
        return taken.Count == 0 ? [.. configured, .. expanded] : configured;
    }

    private static string ReadUrls(IConfiguration configuration, List<ConfigurationError> errors)
    {
        var urls = configuration["Urls"] is { Length: > 0 } given ? given : DefaultUrls;
        BindingAddresses.Check("Urls", urls, errors);
        return urls;
    }

    private async Task ValidateByYarpAsync(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters, List<ConfigurationError> errors)
    {
        foreach (var cluster in clusters)
        {
            // YARP's validator does not know all of our policies; LoadBalancerSection checks the name.
            foreach (var exception in await yarpValidator.ValidateClusterAsync(cluster with { LoadBalancingPolicy = null }))
                errors.Add(new($"{ReverseProxySection.Key}:Clusters:{cluster.ClusterId}", null, exception.Message));
        }

        foreach (var route in routes)
        {
            foreach (var exception in await yarpValidator.ValidateRouteAsync(route))
                errors.Add(new($"{ReverseProxySection.Key}:Routes:{route.RouteId}", null, exception.Message));
            if (route.ClusterId is { } id && !clusters.Any(cluster => cluster.ClusterId.Equals(id, StringComparison.OrdinalIgnoreCase)))
            {
                errors.Add(new(
                    $"{ReverseProxySection.Key}:Routes:{route.RouteId}:ClusterId",
                    id,
                    $"there is no such cluster; there are: {Names(clusters)}"));
            }
        }
    }

    private static string Names(IEnumerable<ClusterConfig> clusters) => string.Join(", ", clusters.Select(cluster => cluster.ClusterId));
}
