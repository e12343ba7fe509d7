using AspireLB.Balancing.Picking;

namespace AspireLB.LoadBalancer.Simulator.Scenarios;

/// <summary>One of five backends turns ten times as slow and stays so; nothing but its latency gives it away.</summary>
internal static class SlowBackend
{
    public sealed record Row(string Policy, string Limit, TimeSpan Median, TimeSpan P99, int MostInside, double Share, double Served);

    private static readonly TimeSpan Begins = TimeSpan.FromSeconds(10);

    /// <param name="seed">Where the randomness starts.</param>
    /// <param name="watched">How long it is slow.</param>
    public static IEnumerable<Row> Run(int seed, TimeSpan watched)
    {
        foreach (var policy in new[] { nameof(RoundRobin), nameof(LeastRequests) })
        {
            yield return Run(policy, adaptive: false, seed, watched);
            yield return Run(policy, adaptive: true, seed, watched);
        }
    }

    private static Row Run(string policy, bool adaptive, int seed, TimeSpan watched)
    {
        using var simulation = new Simulation(new() { Policy = policy, Limits = { Adaptive = adaptive } }, seed);
        var (server, clock, end) = (simulation.Backends[0], simulation.Clock, Begins + watched);
        var before = 0;
        server.Slowness = () => clock.Now >= Begins ? 10 : 1;
        clock.After(Begins, () => before = server.Taken);

        var figures = simulation.Run(1_200, end);
        return new(
            policy, adaptive ? "adaptive" : "off (default)", figures.Latency(0.5, Begins, end), figures.Latency(0.99, Begins, end), server.MostInside,
            (double)(server.Taken - before) / Math.Max(1, simulation.Backends.Sum(each => each.Taken) - before), figures.Served(Begins, end));
    }
}
