using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>The same numbers in every run of a seed.</summary>
internal sealed class Randomness(int seed) : IRandomSource
{
#pragma warning disable RS0030 // The one place where a generator is made, from a seed.
    private readonly Random _random = new(seed);
#pragma warning restore RS0030

    public int Next(int limit) => _random.Next(limit);

    public double NextDouble() => _random.NextDouble();

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);

    /// <summary>A time between independent events that are this far apart on average.</summary>
    public TimeSpan Exponential(TimeSpan mean) => mean * -Math.Log(1 - _random.NextDouble());
}
