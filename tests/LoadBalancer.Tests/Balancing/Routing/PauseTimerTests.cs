using AspireLB.Balancing.Model;
using AspireLB.Balancing.Routing;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Routing;

public class PauseTimerTests
{
    private readonly CountedTime _time = new();
    private readonly Refreshes _refreshes = new();
    private readonly Backend _backend;
    private readonly PauseTimer _pauses;

    public PauseTimerTests()
    {
        var registry = TestModel.Registry();
        registry.OnClusterAdded(TestModel.State("server-1"));
        _backend = TestModel.Backend("server-1", time: _time);
        _pauses = new(new(registry, _refreshes), _time);
    }

    [Fact]
    public void Begin_ThousandsOfTimes_UsesOneTimerAndTwoRefreshes()
    {
        for (var i = 0; i < 10_000; i++)
            _pauses.Begin(_backend, TimeSpan.FromSeconds(10));
        Assert.True(_backend.Pause.IsInEffect);
        Assert.Equal((1, 1), (_time.Timers, _refreshes.Count));

        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(_backend.Pause.IsInEffect);
        Assert.Equal((1, 2), (_time.Timers, _refreshes.Count));
    }

    [Fact]
    public void Begin_AskedAgainDuringAPause_EndsAtTheLatestTime()
    {
        _pauses.Begin(_backend, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(5));
        _pauses.Begin(_backend, TimeSpan.FromSeconds(20));
        _pauses.Begin(_backend, TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.True(_backend.Pause.IsInEffect);
        Assert.Equal(1, _refreshes.Count);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_backend.Pause.IsInEffect);
        Assert.Equal(2, _refreshes.Count);

        _pauses.Begin(_backend, TimeSpan.FromSeconds(1));
        Assert.Equal(3, _refreshes.Count);
    }

    [Fact]
    public void Resume_TimerFiresEarly_WaitsForTheRemainder()
    {
        _time.Early = TimeSpan.FromMilliseconds(3);
        _pauses.Begin(_backend, TimeSpan.FromSeconds(10));
        _time.Early = TimeSpan.Zero;

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.True(_backend.Pause.IsInEffect);
        Assert.Equal((2, 1), (_time.Timers, _refreshes.Count));

        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.False(_backend.Pause.IsInEffect);
        Assert.Equal(2, _refreshes.Count);
    }

    [Fact]
    public void Begin_ZeroDuration_DoesNothing()
    {
        _pauses.Begin(_backend, TimeSpan.Zero);

        Assert.Equal((0, 0), (_time.Timers, _refreshes.Count));
    }

    private sealed class CountedTime : FakeTimeProvider
    {
        public int Timers { get; private set; }

        /// <summary>How much too early timers fire.</summary>
        public TimeSpan Early { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime - Early, period);
        }
    }

    private sealed class Refreshes : IClusterDestinationsUpdater
    {
        public int Count { get; private set; }

        public void UpdateAvailableDestinations(ClusterState cluster) => Count++;

        public void UpdateAllDestinations(ClusterState cluster) => Count++;
    }
}
