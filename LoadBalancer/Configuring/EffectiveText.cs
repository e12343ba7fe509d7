using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>An effective configuration as JSON and as flat keys, for people to read and compare. Secrets are masked.</summary>
internal static class EffectiveText
{
    private const string Masked = "***";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonObject ToJson(EffectiveConfiguration configuration) => new()
    {
        ["Urls"] = configuration.Urls,
        ["Admin"] = Section(configuration.Admin, Mask),
        ["LoadBalancer"] = new JsonObject
        {
            ["MaxInFlight"] = configuration.LoadBalancer.Root.MaxInFlight,
            ["MaxConnections"] = configuration.LoadBalancer.Root.MaxConnections,
            ["EventLoops"] = configuration.LoadBalancer.Root.EventLoops,
            ["ForwardedHeaders"] = Section(configuration.LoadBalancer.Root.ForwardedHeaders),
            ["AccessLog"] = Section(configuration.LoadBalancer.Root.AccessLog),
            ["Shutdown"] = Section(configuration.LoadBalancer.Root.Shutdown),
            ["Clusters"] = ById(configuration.Clusters, cluster => cluster.ClusterId, cluster => Section(configuration.LoadBalancer.For(cluster.ClusterId), MaskTls)),
        },
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = ById(configuration.Routes, route => route.RouteId, route => Section(route, node => node.Remove("RouteId"))),
            ["Clusters"] = ById(configuration.Clusters, cluster => cluster.ClusterId, cluster => Section(cluster with { HealthCheck = null }, node => node.Remove("ClusterId"))),
        },
    };

    public static string Print(EffectiveConfiguration configuration) => ToJson(configuration).ToJsonString(Json);

    /// <summary>Every value under its key, as configuration writes keys: <c>LoadBalancer:Clusters:backends:Policy</c>.</summary>
    public static SortedDictionary<string, string> Flatten(EffectiveConfiguration configuration)
    {
        var flat = new SortedDictionary<string, string>(NaturalOrder.Instance);
        Flatten(ToJson(configuration), "", flat);
        return flat;
    }

    private static void Flatten(JsonNode? node, string key, SortedDictionary<string, string> flat)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (name, child) in section)
                    Flatten(child, key.Length == 0 ? name : $"{key}:{name}", flat);
                break;
            case JsonArray list:
                foreach (var (index, child) in list.Index())
                    Flatten(child, $"{key}:{index}", flat);
                break;
            case not null:
                flat[key] = node.ToString();
                break;
        }
    }

    private static JsonObject Section<T>(T options, Action<JsonObject>? adjust = null)
    {
        var section = JsonSerializer.SerializeToNode(options, Json)!.AsObject();
        adjust?.Invoke(section);
        return section;
    }

    private static void Mask(JsonObject admin)
    {
        foreach (var secret in new[] { nameof(AdminOptions.Token), nameof(AdminOptions.ExplainToken) })
        {
            if (admin.ContainsKey(secret))
                admin[secret] = Masked;
        }
    }

    private static void MaskTls(JsonObject cluster)
    {
        if (cluster[nameof(ClusterOptions.Tls)] is JsonObject tls && tls.ContainsKey(nameof(TlsOptions.ClientCertificatePassword)))
            tls[nameof(TlsOptions.ClientCertificatePassword)] = Masked;
    }

    private static JsonObject ById<T>(IEnumerable<T> items, Func<T, string> id, Func<T, JsonObject> section) =>
        new(items.Select(item => KeyValuePair.Create<string, JsonNode?>(id(item), section(item))));
}
