using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Model;

public class BackendTests
{
    [Theory]
    [InlineData("Active", "Unknown", "Unknown", true)]
    [InlineData("Active", "Healthy", "Healthy", true)]
    [InlineData("Active", "Unhealthy", "Unhealthy", false)]
    [InlineData("Draining", "Healthy", "Draining", false)]
    [InlineData("Draining", "Unhealthy", "Draining", false)]
    [InlineData("Disabled", "Healthy", "Disabled", false)]
    public void State_AdministrativeAndProbed_AreCombined(string administrative, string probed, string state, bool available)
    {
        var backend = TestModel.Backend("b");
        backend.Administration.Set(Enum.Parse<AdministrativeState>(administrative));
        backend.Health.Probed = new(Enum.Parse<ProbedHealth>(probed), 0);

        Assert.Equal(Enum.Parse<BackendState>(state), backend.State);
        Assert.Equal(available, backend.IsAvailable);
    }

    [Fact]
    public void Attempts_ManyThreads_AreCountedExactly()
    {
        var backend = TestModel.Backend("b");

        Parallel.For(0, 10_000, i =>
        {
            backend.Attempts.Begin();
            if (i % 2 == 0)
                backend.Attempts.CountFailure();
            if (i % 5 == 0)
                backend.Attempts.CountRetry();
            if (i % 10 != 0)
                backend.Attempts.End();
        });

        var attempts = backend.Attempts;
        Assert.Equal((10_000, 5_000, 2_000, 1_000), (attempts.Begun, attempts.Failed, attempts.Retried, attempts.InFlight));
    }

    [Fact]
    public void Get_SameDestination_IsTheSameBackend()
    {
        var (registry, state) = (TestModel.Registry(), TestModel.State("a", "b"));

        Assert.Same(registry.Get("c", state.Destinations["a"]), registry.BackendsOf(state).First());
        Assert.Same(registry.Get(state), registry.Get(state));
        Assert.Equal(["a", "b"], registry.BackendsOf(state).Select(backend => backend.Name));
    }

    [Fact]
    public void Except_Tried_LeavesTheOthersInOrder()
    {
        var backends = TestModel.Backends(1, 1, 1);

        var rest = TestModel.Available(backends).Except([backends[1]]);

        Assert.Equal(["server-1", "server-3"], rest.Select(destination => destination.DestinationId));
        Assert.Equal(2, rest.Count);
    }
}
