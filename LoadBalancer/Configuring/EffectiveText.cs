using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AspireLB.LoadBalancer.Configuring.Secrets;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Writes an effective configuration as JSON and as flat keys, to read and compare. Secrets are masked unless stated otherwise.</summary>
internal static class EffectiveText
{
    private static readonly JsonSerializerOptions Json = new(EffectiveJson.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonObject ToJson(EffectiveConfiguration configuration)
    {
        var json = WithSecrets(configuration);
        var all = JsonLeaves.ByKey(json);
        foreach (var (key, leaf) in JsonLeaves.Find(json).ToList())
        {
            if (SecretKeys.Shown(key, leaf.ToString(), all) is { } shown)
                JsonLeaves.Replace(leaf, shown);
        }

        return json;
    }

    public static string Print(EffectiveConfiguration configuration) => ToJson(configuration).ToJsonString(Json);

    /// <summary>
    /// Every value by its configuration key, such as <c>LoadBalancer:Clusters:backends:Policy</c>. Secrets are NOT masked: do not show it.
    /// </summary>
    public static Dictionary<string, string> Flatten(EffectiveConfiguration configuration) => JsonLeaves.ByKey(WithSecrets(configuration));

    private static JsonObject WithSecrets(EffectiveConfiguration configuration) => new()
    {
        ["Urls"] = configuration.Urls,
        ["Admin"] = Section(configuration.Admin),
        ["LoadBalancer"] = new JsonObject
        {
            ["MaxInFlight"] = configuration.LoadBalancer.Root.MaxInFlight,
            ["MaxConnections"] = configuration.LoadBalancer.Root.MaxConnections,
            ["EventLoops"] = configuration.LoadBalancer.Root.EventLoops,
            ["IoUring"] = configuration.LoadBalancer.Root.IoUring,
            ["ForwardedHeaders"] = Section(configuration.LoadBalancer.Root.ForwardedHeaders),
            ["AccessLog"] = Section(configuration.LoadBalancer.Root.AccessLog),
            ["Shutdown"] = Section(configuration.LoadBalancer.Root.Shutdown),
            ["Clusters"] = ById(
                configuration.Clusters,
                cluster => cluster.ClusterId,
                cluster => Section(configuration.LoadBalancer.For(cluster.ClusterId))),
        },
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = ById(configuration.Routes, route => route.RouteId, route => Section(route, node => node.Remove("RouteId"))),
            ["Clusters"] = ById(
                configuration.Clusters,
                cluster => cluster.ClusterId,
                cluster => Section(cluster with { HealthCheck = null }, node => node.Remove("ClusterId"))),
        },
    };

    private static JsonObject Section<T>(T options, Action<JsonObject>? adjust = null)
    {
        var section = JsonSerializer.SerializeToNode(options, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T)))!.AsObject();
        adjust?.Invoke(section);
        return section;
    }

    private static JsonObject ById<T>(IEnumerable<T> items, Func<T, string> id, Func<T, JsonObject> section) =>
        new(items.Select(item => KeyValuePair.Create<string, JsonNode?>(id(item), section(item))));
}
