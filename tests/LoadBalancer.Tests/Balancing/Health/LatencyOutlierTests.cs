using AspireLB.Balancing.Health;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

public class LatencyOutlierTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, new double[] { 20, 30, 40 }, 3, true)]
    [InlineData(90, new double[] { 20, 30, 40 }, 3, false)] // not more than three times the median
    [InlineData(100, new double[] { 20, 40 }, 3, true)] // the median of two is between them
    [InlineData(8, new double[] { 1, 1 }, 3, false)] // only 7 ms slower
    [InlineData(1000, new double[] { }, 3, false)] // no other backend to compare with
    public void IsOutlier_AverageComparedWithTheOthers_DecidesByFactorAndLeast(double own, double[] others, double factor, bool expected) =>
        Assert.Equal(expected, LatencyOutlier.IsOutlier(own, others, factor));

    [Fact]
    public async Task ObserveLatency_OneSlowOfThree_IsEjectedReadmittedAndJudgedAnew()
    {
        await using var host = await StartAsync(""" "LatencyFactor": 3 """);

        ObserveResponses(host, slow: 200);
        Assert.Equal(["b", "c"], host.Available);
        Assert.Contains("responses take 200 ms on average, those of the others 20 ms", host.Log.All.Single(), StringComparison.Ordinal);

        host.Time.Advance(5);
        await Eventually.TrueAsync(() => host.Available.Count() == 3, Cancelled);
        ObserveResponses(host, slow: 25);
        Assert.Equal(3, host.Available.Count());
    }

    [Theory]
    [InlineData(""" "LatencyFactor": null """, 200)]
    [InlineData(""" "LatencyFactor": 3, "MinimumRequests": 1000 """, 200)]
    [InlineData(""" "LatencyFactor": 3, "MaxEjectedPercent": 0 """, 200)]
    [InlineData(""" "LatencyFactor": 3 """, 59)]
    public async Task ObserveLatency_NoOutlierOrNotEnabled_EjectsNone(string passive, int slow)
    {
        await using var host = await StartAsync(passive);

        ObserveResponses(host, slow);

        Assert.Equal(["a", "b", "c"], host.Available);
    }

    private static Task<ProbingHost> StartAsync(string passive) => ProbingHost.StartAsync(
        $$"""
        {
          "Backends": ["http://a", "http://b", "http://c"],
          "LoadBalancer": { "Health": { "Active": { "Enabled": false }, "Passive": { {{passive}} } } }
        }
        """);

    private static void ObserveResponses(ProbingHost host, int slow)
    {
        for (var i = 0; i < 100; i++)
        {
            host.Time.Advance(0.02);
            foreach (var (backend, latency) in new (string, int)[] { ("b", 20), ("c", 20), ("a", slow) })
                host.Passive.ObserveLatency(host.Cluster, host.Backend(backend), TimeSpan.FromMilliseconds(latency));
        }
    }
}
