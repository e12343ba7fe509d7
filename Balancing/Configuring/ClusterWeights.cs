using AspireLB.Balancing.Model;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>Checks the weights in the metadata of a cluster's destinations.</summary>
internal static class ClusterWeights
{
    public static IEnumerable<ConfigurationError> Errors(ClusterConfig cluster)
    {
        foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            var key = $"{SectionLayers.ClustersKey}:{cluster.ClusterId}:Destinations:{name}:Metadata:{BackendWeight.Metadata}";
            if (destination.Metadata?.TryGetValue(BackendWeight.Metadata, out var weight) == true && !BackendWeight.TryParse(weight, out _))
                yield return new(key, weight, $"allowed: 1 to {BackendWeight.Maximum}");
        }
    }
}
