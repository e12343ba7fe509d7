using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Picking;

public class PickCostTests
{
    public static TheoryData<string> Policies => [.. PickingPolicies.Names];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Pick_ManyTimes_AllocatesNothing(string policy)
    {
        var policies = new PickingPolicies(PickingPolicies.All(new SeededRandom(1)));
        var (context, candidates) = (new DefaultHttpContext(), TestModel.Available(TestModel.Backends(1, 2, 3)));
        var cluster = new Cluster(new ClusterState("c"), new Unchanging(new() { Policy = policy }), TimeProvider.System);
        PickAll();

        var before = GC.GetAllocatedBytesForCurrentThread();
        PickAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void PickAll()
        {
            for (var turn = 0; turn < 1000; turn++)
                policies.Pick(context, cluster, candidates, turn);
        }
    }

    private sealed class Unchanging(ClusterOptions options) : IClusterOptionsSource
    {
        public object Generation => this;

        public ClusterOptions For(string clusterId) => options;
    }
}
