namespace AspireLB.LoadBalancer.Configuring;

/// <summary>What applying one configuration over another changes: a line for each key, marked + (new), - (gone) or ~ (changed).</summary>
internal static class ConfigurationDiff
{
    public static IReadOnlyList<string> Between(EffectiveConfiguration from, EffectiveConfiguration to)
    {
        var before = EffectiveText.Flatten(from);
        var after = EffectiveText.Flatten(to);
        return
        [
            .. before.Keys.Union(after.Keys).Order(NaturalOrder.Instance)
                .Select(key => Line(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
                .OfType<string>(),
        ];
    }

    private static string? Line(string key, string? before, string? after) => (before, after) switch
    {
        (null, _) => $"+ {key}: {after}",
        (_, null) => $"- {key}: {before}",
        _ => before == after ? null : $"~ {key}: {before} -> {after}",
    };
}
