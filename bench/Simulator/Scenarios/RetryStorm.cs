namespace AspireLB.LoadBalancer.Simulator.Scenarios;

/// <summary>
/// All backends turn four times as slow for a while, under a load of seven tenths of what they can otherwise carry. Attempts time out and are
/// retried, and backends go on working for clients that have given up.
/// </summary>
internal static class RetryStorm
{
    public sealed record Row(
        string Retries, double AttemptsPerRequest, double ServedDuring, TimeSpan? RecoveredAfter, double ServedAfter, int Requests, int Attempts);

    private static readonly TimeSpan Begins = TimeSpan.FromSeconds(10);

    /// <param name="seed">Where the randomness starts.</param>
    /// <param name="fault">How long the backends are slow.</param>
    /// <param name="after">How long the load goes on afterwards.</param>
    public static IEnumerable<Row> Run(int seed, TimeSpan fault, TimeSpan after)
    {
        yield return Run("none", 0, 1, seed, fault, after);
        yield return Run("budget 10 %", 10, 3, seed, fault, after);
        yield return Run("budget 20 % (default)", 20, 3, seed, fault, after);
        yield return Run("budget 50 %", 50, 3, seed, fault, after);
        yield return Run("no budget", 1000, 3, seed, fault, after);
    }

    private static Row Run(string name, double percent, int maxAttempts, int seed, TimeSpan fault, TimeSpan after)
    {
        using var simulation = new Simulation(
            new()
            {
                Retry = { MaxAttempts = maxAttempts, BudgetPercent = percent, PerAttemptTimeout = TimeSpan.FromSeconds(1) },
                Health = { Passive = { Enabled = false } },
            },
            seed);
        var (clock, over) = (simulation.Clock, Begins + fault);
        foreach (var server in simulation.Backends)
            server.Slowness = () => clock.Now >= Begins && clock.Now < over ? 4 : 1;

        var figures = simulation.Run(1_400, over + after);
        return new(name, figures.AttemptsPerRequest(Begins, over), figures.Served(Begins, over), figures.RecoveredAfter(over, over + after),
            figures.Served(over, over + after), figures.Requests, figures.Attempts);
    }
}
