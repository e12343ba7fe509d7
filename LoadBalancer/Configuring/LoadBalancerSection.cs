using AspireLB.Balancing.Configuring;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Reads the <c>LoadBalancer</c> section for every cluster there is; see <see cref="ClusterOptionsReader"/> for what takes precedence.
/// </summary>
internal sealed class LoadBalancerSection(IConfigurationSection section, ICollection<ConfigurationError> errors)
{
    public const string Key = "LoadBalancer";

    public LoadBalancerOptions Read(IReadOnlyList<ClusterConfig> clusters, PolicyNames policies)
    {
        var reader = new ClusterOptionsReader(new SectionLayers(section), policies, errors, $"{ReverseProxySection.Key}:Clusters");
        var defaults = new RootOptions();
        reader.ReadDefaults(defaults);
        reader.CheckOverridden(clusters);
        return new(
            defaults,
            clusters.ToDictionary(cluster => cluster.ClusterId, cluster => reader.ReadFor(cluster, defaults), StringComparer.OrdinalIgnoreCase));
    }
}
