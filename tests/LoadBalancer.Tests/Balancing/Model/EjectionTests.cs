using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class EjectionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(6, 300)] // the maximum
    [InlineData(1_000, 300)]
    public void Duration_EarlierEjections_DoubleItUpToTheMaximum(int earlier, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), EjectionSchedule.Duration(new PassiveHealthOptions(), earlier));

    [Theory]
    [InlineData(5, 0, 50, true)]
    [InlineData(5, 1, 50, true)]
    [InlineData(5, 2, 50, false)]
    [InlineData(2, 0, 50, true)]
    [InlineData(1, 0, 50, false)] // the only backend is not ejected
    [InlineData(1, 0, 100, true)]
    [InlineData(100, 0, 0, false)]
    public void MayEject_Share_IsNeverExceeded(int backends, int ejected, int percent, bool allowed) =>
        Assert.Equal(allowed, EjectionSchedule.MayEject(backends, ejected, percent));

    [Fact]
    public void Holds_UntilItsEnd()
    {
        var ejection = new Ejection(1, Now.AddSeconds(5), TimeSpan.FromSeconds(5));

        Assert.True(ejection.Holds(Now.AddSeconds(4.9)));
        Assert.False(ejection.Holds(Now.AddSeconds(5)));
        Assert.False(Ejection.None.Holds(Now));
    }

    [Fact]
    public void CountAt_LongAvailable_IsZero()
    {
        var ejection = new Ejection(3, Now, TimeSpan.FromSeconds(20));

        Assert.Equal(3, ejection.CountAt(Now.AddSeconds(40)));
        Assert.Equal(0, ejection.CountAt(Now.AddSeconds(41)));
    }

    [Fact]
    public void EndedAt_WhileInEffect_EndsAtThatTime()
    {
        var ended = new Ejection(1, Now.AddSeconds(5), TimeSpan.FromSeconds(5)).EndedAt(Now.AddSeconds(1));

        Assert.False(ended.Holds(Now.AddSeconds(1)));
        Assert.Equal(1, ended.Count);
    }
}
