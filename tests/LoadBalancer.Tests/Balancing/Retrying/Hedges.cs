namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>Hedges creates configurations with hedging, and lets the hedging delay pass.</summary>
internal static class Hedges
{
    /// <summary>The hedging delay in seconds.</summary>
    public const double Delay = 0.2;

    public static string Hedged(string options = "") => $$"""
        "Retry": { {{options}} "Hedge": { "Enabled": true, "Delay": "00:00:00.200" } }
        """;

    public static async Task DelayPassesAsync(RetryingProxy proxy)
    {
        await proxy.Time.TimerAsync(Delay, TestContext.Current.CancellationToken);
        proxy.Time.Advance(Delay);
    }
}
