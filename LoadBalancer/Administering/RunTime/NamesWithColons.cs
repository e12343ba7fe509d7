using System.Text.Json.Nodes;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// Names such as 127.0.0.1:5001, which the shorthand gives, can't be keys of .NET configuration: there a colon separates levels. A document
/// that lists the shorthand's cluster in full is led back to the shorthand, in which names are values.
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
