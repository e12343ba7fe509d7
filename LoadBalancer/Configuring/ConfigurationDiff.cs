using AspireLB.LoadBalancer.Configuring.Secrets;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Lists what changes when one configuration replaces another: one line per key, marked + (added), - (removed) or ~ (changed). Secrets are
/// compared but masked.
/// </summary>
internal static class ConfigurationDiff
{
    public static IReadOnlyList<string> Between(EffectiveConfiguration from, EffectiveConfiguration to)
    {
        var before = EffectiveText.Flatten(from);
        var after = EffectiveText.Flatten(to);
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)
                .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
                .Order(NaturalOrder.Instance)
                .Select(key => Line(key, Shown(key, before), Shown(key, after))),
        ];
    }

    private static string? Shown(string key, Dictionary<string, string> all) =>
        all.TryGetValue(key, out var value) ? SecretKeys.Shown(key, value, all) ?? value : null;

    private static string Line(string key, string? before, string? after) => (before, after) switch
    {
        (null, _) => $"+ {key}: {after}",
        (_, null) => $"- {key}: {before}",
        _ when before == after => $"~ {key}: {before} -> {after} (the secret changed)",
        _ => $"~ {key}: {before} -> {after}",
    };
}
