using System.Globalization;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>What is balanced when nothing is configured: server-1 to server-5 on this machine's ports 5001 to 5005.</summary>
internal static class DefaultBackends
{
    public static IReadOnlyList<BackendEntry> All { get; } =
        [.. Enumerable.Range(1, 5).Select(i => new BackendEntry($"server-{i}", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{5000 + i}")))];
}
