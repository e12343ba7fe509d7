using AspireLB.Balancing.Model;
using AspireLB.Balancing.Routing;
using AspireLB.LoadBalancer.Tests.Balancing.Picking;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Routing;

public class AvailabilityPolicyTests
{
    private static readonly string[] Names = ["server-1", "server-2", "server-10", "a", "z"];

    private readonly ClusterRegistry _registry = TestModel.Registry();
    private readonly ClusterState _state = TestModel.State(Names);

    [Fact]
    public void GetAvailable_DestinationsInAnyOrder_AreInConfiguredOrder()
    {
        var random = new SeededRandom(7);
        for (var i = 0; i < 50; i++)
        {
            var available = Available([.. _state.Destinations.Values.OrderBy(_ => random.NextDouble())]);
            Assert.Equal(Names, available.Select(destination => destination.DestinationId));
        }
    }

    [Fact]
    public void GetAvailable_UnhealthyDrainingOrDisabled_AreExcluded()
    {
        Backend("server-1").Health.Probed = new(ProbedHealth.Unhealthy, 0);
        Backend("server-2").Health.Probed = new(ProbedHealth.Healthy, 1);
        Backend("a").Administration.Set(AdministrativeState.Draining);
        Backend("z").Administration.Set(AdministrativeState.Disabled);

        Assert.Equal(["server-2", "server-10"], Available([.. _state.Destinations.Values]).Select(destination => destination.DestinationId));
    }

    [Fact]
    public void GetAvailable_WeightInMetadataOrOverridden_IsThePickingWeight()
    {
        var config = new DestinationConfig { Address = "http://d", Metadata = new Dictionary<string, string> { ["Weight"] = "5" } };
        var destination = new DestinationState("d", new DestinationModel(config));

        var backend = _registry.Get("c", destination);

        Policy.GetAvailalableDestinations(new ClusterConfig { ClusterId = "c" }, [destination]);
        Assert.Equal((5, 5 * SlowStartRamp.Scale), (backend.EffectiveWeight, backend.Share.PickingWeight));

        backend.Administration.WeightOverride = 3;
        Policy.GetAvailalableDestinations(new ClusterConfig { ClusterId = "c" }, [destination]);
        Assert.Equal((3, 3 * SlowStartRamp.Scale), (backend.EffectiveWeight, backend.Share.PickingWeight));
    }

    [Fact]
    public void GetAvailable_NothingRelevantHasChanged_IsTheSameList()
    {
        var (policy, all) = (Policy, _state.Destinations.Values.ToArray());
        _registry.OnClusterAdded(_state);
        var before = Applied();

        foreach (var name in Names)
            Backend(name).Health.Probed = new(ProbedHealth.Healthy, 1);

        Assert.Same(before, Applied());
        Backend("a").Health.Probed = new(ProbedHealth.Unhealthy, 1);
        var fewer = Applied();
        Assert.Equal(["server-1", "server-2", "server-10", "z"], fewer.Select(destination => destination.DestinationId));
        Backend("z").Administration.WeightOverride = 7;
        Assert.NotSame(fewer, Applied());

        IReadOnlyList<DestinationState> Applied()
        {
            var available = policy.GetAvailalableDestinations(_state.Model.Config, all);
            _state.DestinationsState = new(all, available);
            return available;
        }
    }

    [Fact]
    public void GetAvailable_DestinationsAreReordered_AreInTheNewOrder()
    {
        var policy = Policy;
        DestinationState[] all = [_state.Destinations["a"], _state.Destinations["z"]];
        policy.GetAvailalableDestinations(_state.Model.Config, all);

        var available = policy.GetAvailalableDestinations(
            new ClusterConfig { ClusterId = "c", Destinations = new Dictionary<string, DestinationConfig> { ["z"] = new(), ["a"] = new() } }, all);

        Assert.Equal(["z", "a"], available.Select(destination => destination.DestinationId));
    }

    [Fact]
    public void Name_OfThePolicy_IsTheOneThatOwnedClustersUse() =>
        Assert.Equal(OwnedCluster.From(new ClusterConfig()).HealthCheck!.AvailableDestinationsPolicy, Policy.Name);

    private AvailabilityPolicy Policy => new(_registry, new FixedOptions(new()), new FakeTimeProvider());

    private Backend Backend(string name) => _registry.Get("c", _state.Destinations[name]);

    private IReadOnlyList<DestinationState> Available(IReadOnlyList<DestinationState> all) =>
        Policy.GetAvailalableDestinations(_state.Model.Config, all);
}
