using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>A random source that gives the same numbers in every run with the same seed.</summary>
internal sealed class Randomness(int seed) : IRandomSource
{
#pragma warning disable RS0030 // The one place that creates a generator, from a seed.
    private readonly Random _random = new(seed);
#pragma warning restore RS0030

    public int Next(int limit) => _random.Next(limit);

    public double NextDouble() => _random.NextDouble();

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    /// <summary>A random time between independent events with this mean.</summary>
    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - _random.NextDouble());
}
