using System.Text.Json.Nodes;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Converts the shorthand's cluster back to the shorthand. Its names, such as 127.0.0.1:5001, can't be keys of .NET configuration, where a colon
/// separates levels; in the shorthand they are values.
/// </summary>
internal static class NamesWithColons
{
    public static void Restore(JsonObject document)
    {
        var proxy = document[ReverseProxySection.Key] as JsonObject;
        if (proxy?["Clusters"] is not JsonObject clusters || clusters[BackendsCluster.Id]?["Destinations"] is not JsonObject destinations
            || proxy["Routes"] is not JsonObject routes || !routes.ContainsKey(BackendsCluster.Id) || document.ContainsKey(BackendsShorthand.Key)
            || !destinations.Any(destination => destination.Key.Contains(':', StringComparison.Ordinal)))
            return;

        document[BackendsShorthand.Key] = new JsonArray([.. destinations.Select(destination => Entry(destination.Key, destination.Value))]);
        clusters.Remove(BackendsCluster.Id);
        routes.Remove(BackendsCluster.Id);
    }

    private static JsonNode Entry(string name, JsonNode? destination)
    {
        var entry = new JsonObject { ["Name"] = name, ["Address"] = destination?["Address"]?.DeepClone() };
        if (destination?["Metadata"]?[BackendWeight.Metadata] is { } weight)
            entry["Weight"] = weight.DeepClone();
        return entry;
    }
}
