using System.Text;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Configuring;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Administering.RunTime;

/// <summary>
/// A configuration handed in through the admin API: the sections <c>Backends</c>, <c>LoadBalancer</c> and <c>ReverseProxy</c> as in
/// appsettings.json. It replaces those sections of the sources as a whole. What <c>GET /api/config</c> shows can be changed and handed back, its masks
/// as well.
/// </summary>
internal static class ConfigurationDocument
{
    private static readonly string[] Replaced = [BackendsShorthand.Key, LoadBalancerSection.Key, ReverseProxySection.Key];

    /// <summary>Checks what the configuration's reader does not: that only these sections are there, or others as they are already. Secrets
    /// stand in place of masks in the document that is returned.</summary>
    /// <exception cref="InvalidConfigurationException">With every error found.</exception>
    public static string Check(JsonObject document, EffectiveConfiguration current)
    {
        var inForce = EffectiveText.ToJson(current);
        var errors = document
            .Where(section => section.Key != "$schema" && !IsReplaced(section.Key) && !JsonNode.DeepEquals(Compact(section.Value), Compact(inForce[section.Key])))
            .Select(section => new ConfigurationError(section.Key, null, inForce.ContainsKey(section.Key)
                ? "can't be changed while running"
                : $"unknown section; allowed: {string.Join(", ", Replaced)}"))
            .ToList();
        if (!document.Any(section => section.Key.Equals(BackendsShorthand.Key, StringComparison.OrdinalIgnoreCase) || section.Key.Equals(ReverseProxySection.Key, StringComparison.OrdinalIgnoreCase)))
            errors.Add(new(BackendsShorthand.Key, null, $"expected: {BackendsShorthand.Key} or {ReverseProxySection.Key}"));
        var replacing = new JsonObject(document.Where(section => IsReplaced(section.Key)).Select(section => KeyValuePair.Create(section.Key, section.Value?.DeepClone())));
        errors.AddRange(KeptSecrets.Restore(replacing, current));
        if (errors.Count > 0)
            throw new InvalidConfigurationException(errors);

        NamesWithColons.Restore(replacing);
        return replacing.ToJsonString();
    }

    /// <summary>The sources with the document's sections in place of theirs.</summary>
    public static IConfigurationRoot MergeOver(IConfigurationRoot sources, string document) => new ConfigurationBuilder()
        .AddInMemoryCollection(sources.AsEnumerable().Where(entry => entry.Value is not null && !IsReplaced(entry.Key.Split(':')[0])))
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(document)))
        .Build();

    private static bool IsReplaced(string key) => Replaced.Contains(key, StringComparer.OrdinalIgnoreCase);

    // Numbers and the like are equal whatever object they were made from.
    private static JsonNode? Compact(JsonNode? node) => node is null ? null : JsonNode.Parse(node.ToJsonString());
}
