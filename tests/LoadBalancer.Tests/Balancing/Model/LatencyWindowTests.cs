using AspireLB.Balancing.Model;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class LatencyWindowTests
{
    private static readonly double[] Shares = [0, 0.5, 0.9, 0.95, 0.99, 1];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Quantiles_NoRecordings_AreZero() => Assert.Equal([0, 0], new LatencyWindow(_time).QuantilesInMilliseconds(0.5, 0.99));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Quantiles_RandomLatencies_AreWithinSevenPercentOfExact(int seed)
    {
        var random = new Random(seed);
        var window = new LatencyWindow(_time);

        // From 10 µs to 100 s, evenly over the orders of magnitude.
        var latencies = Enumerable.Range(0, 5_000).Select(_ => Math.Pow(10, (random.NextDouble() * 7) - 2)).ToArray();
        foreach (var latency in latencies)
            window.Record(TimeSpan.FromMilliseconds(latency));

        Array.Sort(latencies);
        var found = window.QuantilesInMilliseconds(Shares);
        for (var i = 0; i < Shares.Length; i++)
            Assert.Equal(1, found[i] / latencies[Math.Max(0, (int)Math.Ceiling(Shares[i] * latencies.Length) - 1)], 0.07);
    }

    [Fact]
    public void BucketOf_AnyLatency_HasAMidpointWithinSixAndAQuarterPercent()
    {
        for (ulong microseconds = 8; microseconds < 1UL << 29; microseconds += 1 + (microseconds / 100))
            Assert.Equal(1, LatencyWindow.MidpointOf(LatencyWindow.BucketOf(microseconds)) / microseconds, 0.0626);
        Assert.All(
            Enumerable.Range(0, 8),
            microseconds => Assert.Equal(microseconds, LatencyWindow.MidpointOf(LatencyWindow.BucketOf((ulong)microseconds))));
        Assert.Equal(LatencyWindow.BucketOf((1UL << 29) - 1), LatencyWindow.BucketOf(ulong.MaxValue));
    }

    [Fact]
    public void Quantiles_AfterAMinute_IgnoreTheRecording()
    {
        var window = new LatencyWindow(_time);
        window.Record(TimeSpan.FromMilliseconds(100));

        _time.Advance(TimeSpan.FromSeconds(49));
        Assert.NotEqual(0, window.QuantilesInMilliseconds(0.5)[0]);

        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(0, window.QuantilesInMilliseconds(0.5)[0]);
    }

    [Fact]
    public void Quantiles_SlotIsReused_CountOnlyNewRecordings()
    {
        var window = new LatencyWindow(_time);
        for (var i = 0; i < 100; i++)
            window.Record(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(60));
        window.Record(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, window.QuantilesInMilliseconds(1)[0], 0.07);
    }

    [Fact]
    public void Record_ManyThreads_LosesNone()
    {
        var window = new LatencyWindow(_time);
        window.Record(TimeSpan.FromMilliseconds(1));

        Parallel.For(0, 9_999, i => window.Record(TimeSpan.FromMilliseconds(i < 4_999 ? 1 : 1_000)));

        Assert.Equal(
            [1, 1_000],
            window.QuantilesInMilliseconds(0.5, 0.5001).Select(value => Math.Round(value / 0.07) * 0.07),
            (a, b) => Math.Abs((a / b) - 1) < 0.15);
    }
}
