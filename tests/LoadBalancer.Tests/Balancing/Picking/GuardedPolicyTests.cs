using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Health;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public sealed class GuardedPolicyTests : IDisposable
{
    private readonly LogLines _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly AvailableBackends _candidates = TestModel.Available(TestModel.Backends(1, 1));
    private readonly LoggerFactory _loggers;

    public GuardedPolicyTests() => _loggers = new([_log]);

    [Fact]
    public void Pick_OneOfTheCandidates_IsPassedOn()
    {
        var policy = Guarded(candidates => candidates.Backends[1]);

        Assert.Same(_candidates.Backends[1], policy.Pick(new DefaultHttpContext(), _candidates, 0));
        Assert.Empty(_log.All);
    }

    [Fact]
    public void Pick_Throws_RoundRobinPicksAndItIsReportedOnceAMinute()
    {
        var policy = Guarded(_ => throw new InvalidOperationException("no idea"));

        Assert.Same(_candidates.Backends[1], policy.Pick(new DefaultHttpContext(), _candidates, 1));
        Assert.Same(_candidates.Backends[0], policy.Pick(new DefaultHttpContext(), _candidates, 2));
        Assert.Single(_log.All);
        _time.Advance(TimeSpan.FromMinutes(1));
        policy.Pick(new DefaultHttpContext(), _candidates, 3);
        Assert.Equal(2, _log.All.Count());
    }

    [Fact]
    public void Pick_ABackendThatIsNoCandidate_RoundRobinPicks()
    {
        var policy = Guarded(_ => TestModel.Backend("elsewhere"));

        Assert.Same(_candidates.Backends[0], policy.Pick(new DefaultHttpContext(), _candidates, 0));
        Assert.Contains("not among the candidates", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    public void Dispose() => _loggers.Dispose();

    private GuardedPolicy Guarded(Func<AvailableBackends, Backend> pick) => new(new Scripted(pick), _time, _loggers.CreateLogger<GuardedPolicy>());

    private sealed class Scripted(Func<AvailableBackends, Backend> pick) : IPickingPolicy
    {
        public string Name => nameof(Scripted);

        public Backend Pick(HttpContext context, AvailableBackends candidates, long turn) => pick(candidates);
    }
}
