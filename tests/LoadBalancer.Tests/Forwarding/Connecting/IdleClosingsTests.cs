using AspireLB.LoadBalancer.Forwarding.Connecting;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Forwarding.Connecting;

public class IdleClosingsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IdleClosings _closings;

    public IdleClosingsTests() => _closings = new(_time);

    [Fact]
    public void Threaten_NothingSeen_IsFalse() => Assert.False(_closings.Threaten(TimeSpan.FromHours(1)));

    [Fact]
    public void Threaten_ClosingsSeen_BeyondHalfOfTheShortest()
    {
        _closings.Saw(TimeSpan.FromSeconds(9));
        _closings.Saw(TimeSpan.FromSeconds(5));
        _closings.Saw(TimeSpan.FromSeconds(7));

        Assert.False(_closings.Threaten(TimeSpan.FromSeconds(2.5)));
        Assert.True(_closings.Threaten(TimeSpan.FromSeconds(2.6)));
    }

    [Fact]
    public void Threaten_TimePasses_IsForgottenAfterTwiceTheMemoryAtMost()
    {
        _closings.Saw(TimeSpan.FromSeconds(5));
        _time.Advance(IdleClosings.Memory);
        Assert.True(_closings.Threaten(TimeSpan.FromSeconds(4)));

        _closings.Saw(TimeSpan.FromSeconds(20));
        Assert.True(_closings.Threaten(TimeSpan.FromSeconds(4)));

        _time.Advance(IdleClosings.Memory);
        Assert.False(_closings.Threaten(TimeSpan.FromSeconds(4)));
        Assert.True(_closings.Threaten(TimeSpan.FromSeconds(11)));

        _time.Advance(2 * IdleClosings.Memory);
        Assert.False(_closings.Threaten(TimeSpan.FromSeconds(11)));
    }
}
