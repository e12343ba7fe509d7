namespace AspireLB.LoadBalancer.Configuring;

/// <summary>What is read once, when the process starts: a reload takes it in, but nothing comes of it before the next start.</summary>
internal static class RestartNeeds
{
    private static readonly string[] Keys =
    [
        "Urls", AdminSection.Key, $"{LoadBalancerSection.Key}:{nameof(RootOptions.AccessLog)}", $"{LoadBalancerSection.Key}:{nameof(RootOptions.EventLoops)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.IoUring)}", $"{LoadBalancerSection.Key}:{nameof(RootOptions.MaxConnections)}",
        $"{LoadBalancerSection.Key}:{nameof(RootOptions.Shutdown)}:{nameof(ShutdownOptions.Grace)}",
    ];

    /// <summary>The keys by which two configurations differ in such a way.</summary>
    public static IReadOnlyList<string> Between(EffectiveConfiguration atStart, EffectiveConfiguration now)
    {
        var (before, after) = (EffectiveText.Flatten(atStart), EffectiveText.Flatten(now));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key)).Where(IsReadOnce)
                .Order(NaturalOrder.Instance),
        ];
    }

    private static bool IsReadOnce(string key) => Keys.Any(once => key.Equals(once, StringComparison.OrdinalIgnoreCase) || key.StartsWith(once + ":", StringComparison.OrdinalIgnoreCase));
}
