using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class OutlierDetectorTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Observe_ConsecutiveNoAnswers_EjectAtTheConfiguredCount()
    {
        var detector = Create(new() { ConsecutiveFailures = 3 });

        Assert.Null(detector.Observe(Observation.NoAnswer));
        Assert.Null(detector.Observe(Observation.NoAnswer));
        Assert.Contains("3 attempts in a row", detector.Observe(Observation.NoAnswer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Observation.Success))]
    [InlineData(nameof(Observation.FailedStatus))]
    public void Observe_ResponseInBetween_ResetsTheCount(string response)
    {
        var detector = Create(new() { ConsecutiveFailures = 2 });

        Assert.Null(detector.Observe(Observation.NoAnswer));
        Assert.Null(detector.Observe(Enum.Parse<Observation>(response)));
        Assert.Null(detector.Observe(Observation.NoAnswer));
    }

    [Fact]
    public void Observe_ConsecutiveFailedStatuses_DoNotEjectByCount()
    {
        var detector = Create(new() { ConsecutiveFailures = 2, MinimumRequests = 100 });

        Assert.All(Enumerable.Repeat(Observation.FailedStatus, 50), observation => Assert.Null(detector.Observe(observation)));
    }

    [Fact]
    public void Observe_ThirtyPercentFailedStatuses_DoesNotEject()
    {
        var detector = Create(new() { ErrorRate = 0.5, MinimumRequests = 20 });

        for (var i = 0; i < 1_000; i++)
            Assert.Null(detector.Observe(i % 10 < 3 ? Observation.FailedStatus : Observation.Success));
    }

    [Fact]
    public void Observe_HalfFailedStatuses_EjectsOnceThereAreEnough()
    {
        var detector = Create(new() { ErrorRate = 0.5, MinimumRequests = 20 });

        for (var i = 1; i < 20; i++)
            Assert.Null(detector.Observe(i % 2 == 0 ? Observation.FailedStatus : Observation.Success));
        Assert.Contains("10 of 20 attempts failed", detector.Observe(Observation.FailedStatus), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_FailuresOutsideTheWindow_AreIgnored()
    {
        var detector = Create(new() { ErrorRate = 0.5, MinimumRequests = 20, Window = TimeSpan.FromSeconds(10) });
        for (var i = 0; i < 19; i++)
            Assert.Null(detector.Observe(Observation.FailedStatus));

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Null(detector.Observe(Observation.FailedStatus));
    }

    private OutlierDetector Create(PassiveHealthOptions options) => new(_time, options);
}
