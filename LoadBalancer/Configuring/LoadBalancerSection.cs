using System.Security.Cryptography;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads the <c>LoadBalancer</c> section for each cluster. Later values win: first the section's defaults, then the cluster's own YARP
/// configuration (<c>LoadBalancingPolicy</c>, <c>HealthCheck:Active</c>), then <c>LoadBalancer:Clusters:{id}</c>.
/// </summary>
internal sealed class LoadBalancerSection(IConfigurationSection section, ICollection<ConfigurationError> errors)
{
    public const string Key = "LoadBalancer";

    private const string ClustersKey = "Clusters";

    private readonly IConfigurationSection _overrides = section.GetSection(ClustersKey);

    public LoadBalancerOptions Read(IReadOnlyList<ClusterConfig> clusters, PolicyNames policies)
    {
        var defaults = new RootOptions();
        OptionsReader.Read(section, defaults, errors, ClustersKey);
        CheckPolicy($"{section.Path}:Policy", defaults, policies);
        CheckPassive(section, defaults);
        CheckTls(section, defaults);

        foreach (var unknown in _overrides.GetChildren().Where(child => !clusters.Any(cluster => IsFor(child, cluster))))
            errors.Add(OptionsReader.Unknown(unknown, clusters.Select(cluster => cluster.ClusterId)));

        var options = clusters.ToDictionary(
            cluster => cluster.ClusterId,
            cluster => ReadFor(cluster, defaults, policies),
            StringComparer.OrdinalIgnoreCase);
        return new(defaults, options);
    }

    private static bool IsFor(IConfigurationSection child, ClusterConfig cluster) =>
        child.Key.Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase);

    private ClusterOptions ReadFor(ClusterConfig cluster, ClusterOptions defaults, PolicyNames policies)
    {
        var options = new ClusterOptions();
        OptionsReader.Read(section, options, [], ClustersKey);
        TakeOver(cluster, options);
        var own = _overrides.GetSection(cluster.ClusterId);
        OptionsReader.Read(own, options, errors);
        if (options.Policy != defaults.Policy)
        {
            var yarpKey = $"{ReverseProxySection.Key}:Clusters:{cluster.ClusterId}:LoadBalancingPolicy";
            CheckPolicy(own["Policy"] is null ? yarpKey : $"{own.Path}:Policy", options, policies);
        }
        if (own.GetSection("Health:Passive").Exists())
            CheckPassive(own, options);
        if (own.GetSection(nameof(ClusterOptions.Tls)).Exists())
            CheckTls(own, options);
        return options;
    }

    private static void TakeOver(ClusterConfig cluster, ClusterOptions options)
    {
        options.Policy = cluster.LoadBalancingPolicy ?? options.Policy;
        if (cluster.HealthCheck?.Active is not { } active)
            return;

        options.Health.Active.Enabled = active.Enabled ?? options.Health.Active.Enabled;
        options.Health.Active.Interval = active.Interval ?? options.Health.Active.Interval;
        options.Health.Active.Timeout = active.Timeout ?? options.Health.Active.Timeout;
        options.Health.Active.Path = (active.Path, active.Query) is ({ Length: > 0 } path, var query) ? path + query : options.Health.Active.Path;
    }

    private void CheckPolicy(string key, ClusterOptions options, PolicyNames policies)
    {
        if (!policies.Contains(options.Policy))
            errors.Add(new(key, options.Policy, $"allowed: {policies}"));
    }

    // Report unreadable certificates now instead of at the first handshake.
    private void CheckTls(IConfigurationSection at, ClusterOptions options)
    {
        if (!options.Tls.NamesCertificates)
            return;

        TryRead(nameof(TlsOptions.CertificateAuthorities), options.Tls.CertificateAuthorities, new()
        {
            CertificateAuthorities = options.Tls.CertificateAuthorities,
        });
        TryRead(nameof(TlsOptions.ClientCertificate), options.Tls.ClientCertificate, new()
        {
            ClientCertificate = options.Tls.ClientCertificate,
            ClientCertificateKey = options.Tls.ClientCertificateKey,
            ClientCertificatePassword = options.Tls.ClientCertificatePassword,
        });

        void TryRead(string key, string? value, TlsOptions tls)
        {
            try
            {
                TlsCertificates.Read(tls);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                errors.Add(new($"{at.Path}:Tls:{key}", value, error.Message));
            }
        }
    }

    // An attribute can't express a rule that spans two options.
    private void CheckPassive(IConfigurationSection at, ClusterOptions options)
    {
        var passive = options.Health.Passive;
        if (passive.MaxEjectionTime < passive.EjectionTime)
        {
            errors.Add(new(
                $"{at.Path}:Health:Passive:MaxEjectionTime",
                $"{passive.MaxEjectionTime:c}",
                $"expected: at least EjectionTime ({passive.EjectionTime:c})"));
        }
    }
}
