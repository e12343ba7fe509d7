using System.Text;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// A configuration submitted to the admin API: the sections <c>Backends</c>, <c>LoadBalancer</c> and <c>ReverseProxy</c> as in appsettings.json.
/// It replaces those sections of the sources completely. The output of <c>GET /api/config</c> can be edited and submitted, including its masked
/// secrets.
/// </summary>
internal static class ConfigurationDocument
{
    private static readonly string[] Replaced = [BackendsShorthand.Key, LoadBalancerSection.Key, ReverseProxySection.Key];

    /// <summary>
    /// Checks what the configuration's reader does not: that the document contains only these sections, or other sections unchanged. Masks in the
    /// returned document are replaced by the secrets they stand for.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">With every error found.</exception>
    public static string Check(JsonObject document, EffectiveConfiguration current)
    {
        var inEffect = EffectiveText.ToJson(current);
        var errors = document
            .Where(section => section.Key != "$schema" && !IsReplaced(section.Key))
            .Where(section => !JsonNode.DeepEquals(Compact(section.Value), Compact(inEffect[section.Key])))
            .Select(section => new ConfigurationError(section.Key, null, inEffect.ContainsKey(section.Key)
                ? "can't be changed while running"
                : $"unknown section; allowed: {string.Join(", ", Replaced)}"))
            .ToList();
        if (!document.Any(section => HasBackends(section.Key)))
            errors.Add(new(BackendsShorthand.Key, null, $"expected: {BackendsShorthand.Key} or {ReverseProxySection.Key}"));
        var replacing = new JsonObject(document
            .Where(section => IsReplaced(section.Key))
            .Select(section => KeyValuePair.Create(section.Key, section.Value?.DeepClone())));
        errors.AddRange(KeptSecrets.Restore(replacing, current));
        if (errors.Count > 0)
            throw new InvalidConfigurationException(errors);

        NamesWithColons.Restore(replacing);
        return replacing.ToJsonString();
    }

    /// <summary>The sources with these sections replaced by those of the document.</summary>
    public static IConfigurationRoot MergeOver(IConfigurationRoot sources, string document) => new ConfigurationBuilder()
        .AddInMemoryCollection(sources.AsEnumerable().Where(entry => entry.Value is not null && !IsReplaced(entry.Key.Split(':')[0])))
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(document)))
        .Build();

    private static bool HasBackends(string key) =>
        key.Equals(BackendsShorthand.Key, StringComparison.OrdinalIgnoreCase)
        || key.Equals(ReverseProxySection.Key, StringComparison.OrdinalIgnoreCase);

    private static bool IsReplaced(string key) => Replaced.Contains(key, StringComparer.OrdinalIgnoreCase);

    // Parsing anew makes values comparable that were created from different .NET types.
    private static JsonNode? Compact(JsonNode? node) => node is null ? null : JsonNode.Parse(node.ToJsonString());
}
