using AspireLB.Balancing.Model;
using AspireLB.Balancing.Routing;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Routing;

public class AvailableSetTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 3, "server-4")] // never
    [InlineData(25, 3, "server-4")] // a quarter is not below a quarter
    [InlineData(26, 3, "server-1 server-2 server-3 server-4")]
    [InlineData(100, 1, "server-1 server-2 server-3 server-4")]
    [InlineData(100, 0, "server-1 server-2 server-3 server-4")]
    [InlineData(50, 4, "server-1 server-2 server-3 server-4")] // none is available
    [InlineData(0, 4, "")]
    public void Choose_SomeUnhealthy_UsesAllBelowThePanicThreshold(int threshold, int unhealthy, string expected)
    {
        var backends = Backends();
        foreach (var backend in backends[..unhealthy])
            backend.Health.Probed = new(ProbedHealth.Unhealthy, 0);

        Assert.Equal(expected, Names(backends, threshold));
    }

    [Fact]
    public void Choose_DrainingOrDisabled_AreNeitherCountedNorUsedInAPanic()
    {
        var backends = Backends();
        backends[0].Administration.Set(AdministrativeState.Draining);
        backends[1].Administration.Set(AdministrativeState.Disabled);
        backends[2].Health.Probed = new(ProbedHealth.Unhealthy, 0);

        Assert.Equal("server-4", Names(backends, threshold: 50));
        Assert.Equal("server-3 server-4", Names(backends, threshold: 51));
    }

    [Fact]
    public void Choose_Paused_AreUsedOnlyIfNoOtherIsAvailable()
    {
        var backends = Backends();
        foreach (var backend in backends[..3])
            backend.Pause.Until = _time.GetUtcNow() + TimeSpan.FromSeconds(10);
        Assert.Equal("server-4", Names(backends, threshold: 0));

        backends[3].Health.Probed = new(ProbedHealth.Unhealthy, 0);
        Assert.Equal("server-1 server-2 server-3", Names(backends, threshold: 0));

        backends[3].Health.Probed = new(ProbedHealth.Healthy, 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("server-1 server-2 server-3 server-4", Names(backends, threshold: 0));
    }

    [Theory]
    [InlineData(50, "server-3")]
    [InlineData(100, "")]
    public void Choose_OnlyEjectedLeft_UsesThemUnlessAllMayBeEjected(int maxEjected, string expected)
    {
        var backends = Backends();
        backends[0].Health.Probed = backends[1].Health.Probed = new(ProbedHealth.Unhealthy, 0);
        backends[1].Health.Ejection = backends[2].Health.Ejection = new(1, _time.GetUtcNow() + TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        Assert.Equal("server-4", Names(backends, threshold: 0, maxEjected));

        backends[3].Administration.Set(AdministrativeState.Disabled);
        Assert.Equal(expected, Names(backends, threshold: 0, maxEjected));
    }

    private Backend[] Backends() => [.. Enumerable.Range(1, 4).Select(i => TestModel.Backend($"server-{i}", time: _time))];

    private static string Names(Backend[] backends, int threshold, int maxEjected = 50) =>
        string.Join(' ', AvailableSet.Choose(backends, threshold, maxEjected).Select(backend => backend.Name));
}
