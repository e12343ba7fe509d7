namespace AspireLB.Balancing.Model;

/// <summary>IRandomSource is a source of random numbers, injected so that tests can control it. Implementations are thread-safe.</summary>
public interface IRandomSource
{
    /// <summary>A number from 0 up to, not including, <paramref name="limit"/>.</summary>
    int Next(int limit);

    /// <summary>A number from 0 up to, not including, 1.</summary>
    double NextDouble();

    /// <summary>Fills the span with random bytes.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>SharedRandomSource is the random source of the running program.</summary>
internal sealed class SharedRandomSource : IRandomSource
{
#pragma warning disable RS0030 // The only use of System.Random in the product.
    private static readonly Random Source = Random.Shared;
#pragma warning restore RS0030

    public int Next(int limit) => Source.Next(limit);

    public double NextDouble() => Source.NextDouble();

    public void Fill(Span<byte> bytes) => Source.NextBytes(bytes);
}
