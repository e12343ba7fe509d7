using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class GradientLimitTests
{
    [Fact]
    public void After_SteadyLatencyAtTheLimit_Grows()
    {
        var limit = Run(GradientLimit.Initial, latency: 10, responses: 200);

        Assert.True(limit.Limit > 100, $"limit {limit.Limit}");
    }

    [Fact]
    public void After_TenfoldLatency_Shrinks()
    {
        var usual = Run(GradientLimit.Initial, latency: 10, responses: 50);
        var slow = Run(usual, latency: 100, responses: 20);

        Assert.True(slow.Limit < usual.Limit / 3, $"from {usual.Limit} to {slow.Limit}");
    }

    [Fact]
    public void After_FewInFlight_DoesNotChange() =>
        Assert.Equal(20, GradientLimit.Initial.After(latency: 10, inFlight: 5, maximum: 1000).Limit);

    [Fact]
    public void After_Anything_StaysWithinOneAndTheMaximum()
    {
        var limit = GradientLimit.Initial;
        for (var i = 0; i < 5_000; i++)
        {
            limit = limit.After(latency: i % 500 < 250 ? 1 : 1000, inFlight: 10_000, maximum: 100);
            Assert.InRange(limit.Limit, 1, 100);
        }
    }

    private static GradientLimit Run(GradientLimit limit, double latency, int responses)
    {
        for (var i = 0; i < responses; i++)
            limit = limit.After(latency, (int)limit.Limit, maximum: 1000);
        return limit;
    }
}
