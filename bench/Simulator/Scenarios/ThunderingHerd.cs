using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Simulator.Scenarios;

/// <summary>
/// One of five backends comes back from an outage with empty caches: its first requests take up to ten times as long, less with each that it has
/// served. The other four could carry the load.
/// </summary>
internal static class ThunderingHerd
{
    public sealed record Row(string SlowStart, TimeSpan Median, TimeSpan P99, int MostInside, double Served, int Ejections);

    private static readonly TimeSpan Down = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    /// <param name="seed">Where the randomness starts.</param>
    public static IEnumerable<Row> Run(int seed)
    {
        yield return Run("off (default)", TimeSpan.Zero, seed);
        yield return Run("10 s", TimeSpan.FromSeconds(10), seed);
        yield return Run("30 s", TimeSpan.FromSeconds(30), seed);
    }

    private static Row Run(string name, TimeSpan slowStart, int seed)
    {
        using var simulation = new Simulation(new() { SlowStart = slowStart, Retry = { PerAttemptTimeout = TimeSpan.FromSeconds(1) } }, seed);
        var (server, backend) = (simulation.Backends[0], simulation.Balancer.Backends[0]);
        server.IsDown = true;
        server.Slowness = () => 1 + (9 * Math.Exp(-server.Taken / 500.0));
        simulation.Balancer.ProbesFind(backend, ProbedHealth.Unhealthy);
        simulation.Clock.After(Down, () =>
        {
            server.IsDown = false;
            simulation.Balancer.ProbesFind(backend, ProbedHealth.Healthy);
        });

        var figures = simulation.Run(1_300, Down + Watched);
        return new(name, figures.Latency(0.5, Down, Down + Watched), figures.Latency(0.99, Down, Down + Watched), server.MostInside,
            figures.Served(Down, Down + Watched), backend.Health.Ejections);
    }
}
