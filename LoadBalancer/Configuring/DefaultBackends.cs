using System.Globalization;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>The backends used when none are configured: server-1 to server-5 on this machine's ports 5001 to 5005.</summary>
internal static class DefaultBackends
{
    public static IReadOnlyList<BackendEntry> All { get; } =
        [
            .. Enumerable.Range(1, 5)
                .Select(i => new BackendEntry($"server-{i}", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{5000 + i}"))),
        ];
}
