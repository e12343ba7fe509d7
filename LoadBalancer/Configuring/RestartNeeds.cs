namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Finds the options that are read only at start-up: a reload accepts changes to them, but they take effect after a restart.</summary>
internal static class RestartNeeds
{
    private static readonly string[] Keys =
    [
        "Urls",
        AdminSection.Key,
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.AccessLog)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.EventLoops)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.IoUring)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.MaxConnections)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.Shutdown)}:{nameof(ShutdownOptions.Grace)}",
    ];

    /// <summary>The keys of such options that differ between two configurations.</summary>
    public static IReadOnlyList<string> Between(EffectiveConfiguration atStart, EffectiveConfiguration now)
    {
        var (before, after) = (EffectiveText.Flatten(atStart), EffectiveText.Flatten(now));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)
                .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
                .Where(IsReadOnce)
                .Order(NaturalOrder.Instance),
        ];
    }

    private static bool IsReadOnce(string key) => Keys.Any(once =>
        key.Equals(once, StringComparison.OrdinalIgnoreCase) || key.StartsWith(once + ":", StringComparison.OrdinalIgnoreCase));
}
