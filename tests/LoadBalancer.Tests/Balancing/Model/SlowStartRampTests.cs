using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class SlowStartRampTests
{
    [Theory]
    [InlineData(0, 10, 0.1)]
    [InlineData(0.5, 10, 0.1)]
    [InlineData(5, 10, 0.5)]
    [InlineData(10, 10, 1)]
    [InlineData(100, 10, 1)]
    [InlineData(0, 0, 1)] // no ramp
    public void Factor_SinceStart_RisesLinearlyFromATenth(double seconds, double duration, double factor) =>
        Assert.Equal(factor, SlowStartRamp.Factor(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(duration)), 3);
}
