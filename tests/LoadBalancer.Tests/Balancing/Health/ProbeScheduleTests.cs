using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

public class ProbeScheduleTests
{
    [Theory]
    [InlineData(0, 0.5, 10_000)]
    [InlineData(0.1, 0, 9_000)]
    [InlineData(0.1, 0.5, 10_000)]
    [InlineData(0.1, 0.999999, 11_000)]
    [InlineData(0.9, 0, 1_000)]
    public void Next_Up_IsTheIntervalWithinItsJitter(double jitter, double random, double milliseconds) =>
        Assert.Equal(milliseconds, ProbeSchedule.Next(Options(jitter), ProbedHealth.Healthy, random).TotalMilliseconds, 1);

    [Fact]
    public void Next_Down_IsTheShorterInterval()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), ProbeSchedule.Next(Options(0), ProbedHealth.Unhealthy, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(10), ProbeSchedule.Next(Options(0, down: 60), ProbedHealth.Unhealthy, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(10), ProbeSchedule.Next(Options(0), ProbedHealth.Unknown, 0.5));
    }

    private static ActiveHealthOptions Options(double jitter, int down = 1) =>
        new() { Interval = TimeSpan.FromSeconds(10), DownInterval = TimeSpan.FromSeconds(down), Jitter = jitter };
}
