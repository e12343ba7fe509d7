using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public class LeastRequestsTests
{
    [Fact]
    public void Pick_AllIdle_EachInTurn()
    {
        var (cluster, available) = (TestModel.Cluster(), TestModel.Available(TestModel.Backends(1, 1, 1)));

        Assert.Equal(["server-1", "server-2", "server-3", "server-1"], Enumerable.Range(0, 4).Select(_ => Pick(cluster, available).Name));
    }

    [Fact]
    public void Pick_AllIdleWithWeights_SharesFollowTheWeights()
    {
        var (cluster, available) = (TestModel.Cluster(), TestModel.Available(TestModel.Backends(3, 1, 2)));

        var picks = Enumerable.Range(0, 600).Select(_ => Pick(cluster, available).Name).CountBy(name => name).ToDictionary();

        Assert.Equal(new() { ["server-1"] = 300, ["server-2"] = 100, ["server-3"] = 200 }, picks);
    }

    [Fact]
    public void Pick_OneWithFewest_PicksIt()
    {
        var backends = TestModel.Backends(1, 1, 1);
        backends[0].Attempts.Begin();
        backends[2].Attempts.Begin();
        var cluster = TestModel.Cluster();

        Assert.All(Enumerable.Range(0, 6), _ => Assert.Equal("server-2", Pick(cluster, TestModel.Available(backends)).Name));
    }

    // Attempts that never end fill the backends in proportion to their weights, exactly so after each full round.
    [Fact]
    public void Pick_AttemptsThatNeverEnd_ShareByWeight() =>
        Prop.ForAll(Gen.Choose(1, 20).NonEmptyListOf().Select(list => list.Take(6).ToArray()).ToArbitrary(), weights =>
    {
        var backends = TestModel.Backends(weights);
        var cluster = TestModel.Cluster();
        for (var i = 0; i < 3 * weights.Sum(); i++)
            Pick(cluster, TestModel.Available(backends)).Attempts.Begin();
        return backends.Index().All(backend => backend.Item.Attempts.InFlight == 3 * weights[backend.Index]);
    }).QuickCheckThrowOnFailure();

    private static Backend Pick(Cluster cluster, AvailableBackends available) =>
        new LeastRequests().Pick(new DefaultHttpContext(), available, cluster.NextTurn());
}
