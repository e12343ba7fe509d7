using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Health;
using AspireLB.LoadBalancer.Routing;
using AspireLB.LoadBalancer.Tests.Picking;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Routing;

public class AvailabilityPolicyTests
{
    private static readonly string[] Names = ["server-1", "server-2", "server-10", "a", "z"];

    private readonly ClusterRegistry _registry = Model.Registry();
    private readonly ClusterState _state = Model.State(Names);

    [Fact]
    public void GetAvailable_AnyOrderOfYarps_IsTheConfiguredOrder()
    {
        var random = new SeededRandom(7);
        for (var i = 0; i < 50; i++)
            Assert.Equal(Names, Available([.. _state.Destinations.Values.OrderBy(_ => random.NextDouble())]).Select(destination => destination.DestinationId));
    }

    [Fact]
    public void GetAvailable_ProbeFailedOrTakenOut_IsLeftOut()
    {
        Backend("server-1").Probed = new(ProbedHealth.Unhealthy, 0);
        Backend("server-2").Probed = new(ProbedHealth.Healthy, 1);
        Backend("a").Administrative = AdministrativeState.Draining;
        Backend("z").Administrative = AdministrativeState.Disabled;

        Assert.Equal(["server-2", "server-10"], Available([.. _state.Destinations.Values]).Select(destination => destination.DestinationId));
    }

    [Fact]
    public void GetAvailable_WeightInMetadata_IsTakenOver()
    {
        var destination = new DestinationState("d", new DestinationModel(new DestinationConfig { Address = "http://d", Metadata = new Dictionary<string, string> { ["Weight"] = "5" } }));

        new AvailabilityPolicy(_registry).GetAvailalableDestinations(new ClusterConfig { ClusterId = "c" }, [destination]);

        Assert.Equal(5, _registry.Of("c", destination).Weight);
    }

    [Fact]
    public void GetAvailable_Name_IsThatOfOurClusters() => Assert.Equal(OwnedCluster.From(new ClusterConfig()).HealthCheck!.AvailableDestinationsPolicy, new AvailabilityPolicy(_registry).Name);

    private Backend Backend(string name) => _registry.Of("c", _state.Destinations[name]);

    private IReadOnlyList<DestinationState> Available(IReadOnlyList<DestinationState> all) => new AvailabilityPolicy(_registry).GetAvailalableDestinations(_state.Model.Config, all);
}
