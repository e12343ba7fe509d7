using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>Five backends with four workers each behind the balancer: 2,000 requests of 10 ms per second when all are healthy.</summary>
internal sealed class Simulation : IDisposable
{
    public const int Servers = 5;
    public const int Workers = 4;

    private readonly Randomness _random;

    public Simulation(ClusterOptions options, int seed)
    {
        _random = new(seed);
        Balancer = new(Clock, _random, options, Servers);
        Backends = [.. Enumerable.Range(0, Servers).Select(_ => new Server(Clock, _random, Workers, TimeSpan.FromMilliseconds(10)))];
    }

    public VirtualClock Clock { get; } = new();

    public Balancer Balancer { get; }

    public Server[] Backends { get; }

    /// <summary>Runs a load of this many requests per second on average, for this long.</summary>
    public Figures Run(double perSecond, TimeSpan duration)
    {
        var traffic = new Traffic(Clock, _random, Balancer, Backends, perSecond);
        traffic.Run(duration);
        return traffic.Figures;
    }

    public void Dispose() => Balancer.Dispose();
}
