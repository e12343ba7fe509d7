using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

/// <summary>SeededRandom yields the same numbers in every run.</summary>
internal sealed class SeededRandom(int seed) : IRandomSource
{
    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public double NextDouble() => _random.NextDouble();

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
