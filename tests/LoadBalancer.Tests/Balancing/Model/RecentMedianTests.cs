using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class RecentMedianTests
{
    [Fact]
    public void Latency_RecordedMeanwhile_IsSeenAfterASecond_AndForgottenAfterAMinute()
    {
        var time = new FakeTimeProvider();
        var backend = TestModel.Backend("a", time: time);
        Assert.Null(backend.Latency);

        foreach (var milliseconds in new[] { 10, 20, 500 })
            backend.Attempts.Latency.Record(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Null(backend.Latency);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(backend.Latency!.Value.TotalMilliseconds, 18, 22);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(backend.Latency);
    }
}
