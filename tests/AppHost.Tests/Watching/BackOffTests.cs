using AspireLB.AppHost.Watching;

namespace AspireLB.AppHost.Tests.Watching;

public class BackOffTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 16)]
    [InlineData(7, 30)]
    [InlineData(1_000_000, 30)]
    public void Delay_DoublesUpToTheLongest(int ends, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), BackOff.Delay(ends));

    [Fact]
    public void Delay_BeforeAnyEnd_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => BackOff.Delay(0));

    [Fact]
    public void Count_EndedSoon_GoesOn() => Assert.Equal(4, BackOff.Count(3, BackOff.WellAfter - TimeSpan.FromTicks(1)));

    [Fact]
    public void Count_RanLongEnough_StartsAgain() => Assert.Equal(1, BackOff.Count(3, BackOff.WellAfter));
}
