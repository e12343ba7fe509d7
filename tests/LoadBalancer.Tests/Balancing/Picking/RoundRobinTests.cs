using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public class RoundRobinTests
{
    private readonly Cluster _cluster = TestModel.Cluster();
    private readonly RoundRobin _policy = new();

    [Fact]
    public void Pick_FiveBackends_GoesRoundInConfiguredOrderFromTheFirst()
    {
        var available = TestModel.Available(TestModel.Backends(1, 1, 1, 1, 1));

        Assert.Equal(
            ["server-1", "server-2", "server-3", "server-4", "server-5", "server-1", "server-2", "server-3", "server-4", "server-5"],
            Enumerable.Range(0, 10).Select(_ => Pick(available).Name));
    }

    [Fact]
    public void Pick_Weights_SharesFollowTheWeights()
    {
        var available = TestModel.Available(TestModel.Backends(3, 1, 2));

        var picks = Enumerable.Range(0, 600).Select(_ => Pick(available).Name).CountBy(name => name).ToDictionary();

        Assert.Equal(new() { ["server-1"] = 300, ["server-2"] = 100, ["server-3"] = 200 }, picks);
    }

    [Fact]
    public void Pick_TenThousandFromManyThreads_EachExactlyTwoThousand()
    {
        var available = TestModel.Available(TestModel.Backends(1, 1, 1, 1, 1));
        var counts = new int[5];

        var options = new ParallelOptions { MaxDegreeOfParallelism = 32 };
        Parallel.For(0, 10_000, options, _ => Interlocked.Increment(ref counts[Pick(available).Name[^1] - '1']));

        Assert.Equal([2_000, 2_000, 2_000, 2_000, 2_000], counts);
    }

    [Fact]
    public void Pick_BackendRemoved_TheOthersContinueInOrder()
    {
        var backends = TestModel.Backends(1, 1, 1);
        Pick(TestModel.Available(backends));

        var picks = Enumerable.Range(0, 4).Select(_ => Pick(TestModel.Available(backends[0], backends[2])).Name).ToArray();

        Assert.Equal(["server-3", "server-1", "server-3", "server-1"], picks);
    }

    // A retry uses the turn of its request. So a backend that is down is picked in its own turns only, and the others share its requests
    // evenly.
    [Fact]
    public void Pick_OneDownAndRequestsRetried_IsPickedInItsTurnsOnlyAndTheOthersShareEvenly() =>
        Prop.ForAll(Gen.Choose(2, 9).SelectMany(count => Gen.Choose(0, count - 1).Select(down => (count, down))).ToArbitrary(), cluster =>
        {
            var (backends, down) = (TestModel.Backends([.. Enumerable.Repeat(1, cluster.count)]), cluster.down);
            var (met, served) = (0, new int[cluster.count]);
            for (var turn = 0; turn < 10 * cluster.count * (cluster.count - 1); turn++)
            {
                var pick = Array.IndexOf(backends, _policy.Pick(new DefaultHttpContext(), TestModel.Available(backends), turn));
                if (pick == down)
                {
                    met++;
                    var others = TestModel.Available(backends).Except([backends[down]]);
                    pick = Array.IndexOf(backends, _policy.Pick(new DefaultHttpContext(), others, turn));
                }

                served[pick]++;
            }

            return met == 10 * (cluster.count - 1) && served.Index().All(each => each.Item == (each.Index == down ? 0 : 10 * cluster.count));
        }).QuickCheckThrowOnFailure();

    private Backend Pick(AvailableBackends available) => _policy.Pick(new DefaultHttpContext(), available, _cluster.NextTurn());
}
