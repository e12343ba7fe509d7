namespace AspireLB.Balancing.Model;

/// <summary>Randomness, injected so that tests can decide it. Implementations are safe to use from many threads.</summary>
public interface IRandomSource
{
    /// <summary>A number from 0 up to, not including, <paramref name="limit"/>.</summary>
    int Next(int limit);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    double NextDouble();

    /// <summary>Fills these bytes with random ones.</summary>
    void Fill(Span<byte> bytes);
}

internal sealed class SharedRandomSource : IRandomSource
{
#pragma warning disable RS0030 // The one place where the product's randomness comes from.
    private static readonly Random Source = Random.Shared;
#pragma warning restore RS0030

    public int Next(int limit) => Source.Next(limit);

    public double NextDouble() => Source.NextDouble();

    public void Fill(Span<byte> bytes) => Source.NextBytes(bytes);
}
