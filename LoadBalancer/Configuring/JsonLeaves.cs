using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Lists the values of a JSON document by their configuration keys.</summary>
internal static class JsonLeaves
{
    /// <summary>Each non-null value with its key.</summary>
    public static IEnumerable<(string Key, JsonNode Leaf)> Find(JsonNode? node, string key = "") => node switch
    {
        JsonObject section => section.SelectMany(child => Find(child.Value, key.Length == 0 ? child.Key : $"{key}:{child.Key}")),
        JsonArray list => list.Index().SelectMany(item => Find(item.Item, $"{key}:{item.Index}")),
        null => [],
        _ => [(key, node)],
    };

    /// <summary>Replaces a leaf within its document by a text.</summary>
    public static void Replace(JsonNode leaf, string text)
    {
        if (leaf.Parent is JsonObject section)
            section[leaf.GetPropertyName()] = text;
        else if (leaf.Parent is JsonArray list)
            list[leaf.GetElementIndex()] = text;
    }

    /// <summary>The values by key, case-insensitively.</summary>
    public static Dictionary<string, string> ByKey(JsonNode node)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, leaf) in Find(node))
            values[key] = leaf.ToString();
        return values;
    }
}
