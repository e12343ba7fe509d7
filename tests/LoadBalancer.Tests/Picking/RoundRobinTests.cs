using AspireLB.LoadBalancer.Picking;
using AspireLB.LoadBalancer.Routing;
using AspireLB.LoadBalancer.Tests.Routing;
using Microsoft.AspNetCore.Http;

namespace AspireLB.LoadBalancer.Tests.Picking;

public class RoundRobinTests
{
    private readonly Cluster _cluster = Model.Cluster();
    private readonly RoundRobin _policy = new();

    [Fact]
    public void Pick_FiveBackends_GoesRoundInConfiguredOrderFromTheFirst()
    {
        var available = Model.Available(Model.Backends(1, 1, 1, 1, 1));

        Assert.Equal(
            ["server-1", "server-2", "server-3", "server-4", "server-5", "server-1", "server-2", "server-3", "server-4", "server-5"],
            Enumerable.Range(0, 10).Select(_ => Pick(available).Name));
    }

    [Fact]
    public void Pick_Weights_EachAsOftenAsItsWeightSays()
    {
        var available = Model.Available(Model.Backends(3, 1, 2));

        var picks = Enumerable.Range(0, 600).Select(_ => Pick(available).Name).CountBy(name => name).ToDictionary();

        Assert.Equal(new() { ["server-1"] = 300, ["server-2"] = 100, ["server-3"] = 200 }, picks);
    }

    [Fact]
    public void Pick_TenThousandFromManyThreads_EachExactlyTwoThousand()
    {
        var available = Model.Available(Model.Backends(1, 1, 1, 1, 1));
        var counts = new int[5];

        Parallel.For(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, _ => Interlocked.Increment(ref counts[Pick(available).Name[^1] - '1']));

        Assert.Equal([2_000, 2_000, 2_000, 2_000, 2_000], counts);
    }

    [Fact]
    public void Pick_BackendGoesAway_TheOthersGoOnInOrder()
    {
        var backends = Model.Backends(1, 1, 1);
        Pick(Model.Available(backends));

        var picks = Enumerable.Range(0, 4).Select(_ => Pick(Model.Available(backends[0], backends[2])).Name).ToArray();

        Assert.Equal(["server-3", "server-1", "server-3", "server-1"], picks);
    }

    private Backend Pick(AvailableBackends available) => _policy.Pick(new DefaultHttpContext(), _cluster, available);
}
