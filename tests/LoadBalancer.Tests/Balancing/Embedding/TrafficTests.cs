using AspireLB.Balancing;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspireLB.LoadBalancer.Tests.Balancing.Embedding;

public class TrafficTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_OneBackendRefuses_AreRetriedAtTheOther(bool hasLoops)
    {
        using var refusing = new RefusingPort();
        await using var backend = await TestBackend.StartAsync("b", TestContext.Current.CancellationToken);
        await using var gateway = await Gateway.StartAsync(
            proxy => proxy.AddBalancing(WithoutProbes), Gateway.ClusterOf(refusing.Url, backend.Url), hasLoops);

        Assert.All(await gateway.GetAsync(10), answer => Assert.Equal("b", answer));
    }

    [Fact]
    public async Task Requests_ThePolicyIsInYarpsConfiguration_FollowIt()
    {
        await using var first = await TestBackend.StartAsync("a", TestContext.Current.CancellationToken);
        await using var second = await TestBackend.StartAsync("b", TestContext.Current.CancellationToken);
        await using var gateway = await Gateway.StartAsync(
            proxy => proxy.AddBalancing(WithoutProbes), Gateway.ClusterOf(first.Url, second.Url) with { LoadBalancingPolicy = "FirstAlphabetical" });

        Assert.Equal(["a", "a", "a", "a"], await gateway.GetAsync(4));
    }

    [Fact]
    public async Task Requests_APolicyOfOnesOwn_SeesBackendsAndCluster()
    {
        await using var first = await TestBackend.StartAsync("a", TestContext.Current.CancellationToken);
        await using var second = await TestBackend.StartAsync("b", TestContext.Current.CancellationToken);
        var cluster = Gateway.ClusterOf(first.Url, second.Url);
        var metadata = new Dictionary<string, string> { ["Weight"] = "3" };
        var destinations = cluster.Destinations!.ToDictionary(each => each.Key, each => each.Value with { Metadata = metadata });
        var weighted = cluster with { Destinations = destinations };
        await using var gateway = await Gateway.StartAsync(
            proxy => proxy.AddPickingPolicy<LastOne>().AddBalancing(options =>
            {
                WithoutProbes(options);
                options.Policy = "LastOne";
            }),
            weighted);

        Assert.Equal(["b", "b"], await gateway.GetAsync(2));
        var policy = Assert.IsType<LastOne>(Assert.Single(gateway.Services.GetServices<IPickingPolicy>()));
        Assert.Equal(("api", "b", second.Url, 3, 0), (policy.Cluster, policy.Name(), policy.Address, policy.Weight, policy.InFlight));
    }

    private static void WithoutProbes(AspireLB.Balancing.Options.ClusterOptions options) => options.Health.Active.Enabled = false;

    private sealed class LastOne(IRandomSource random, TimeProvider time) : IPickingPolicy
    {
        private string _backend = "";

        string IPickingPolicy.Name => nameof(LastOne);

        public string? Cluster { get; private set; }

        public string? Address { get; private set; }

        public int Weight { get; private set; }

        public int InFlight { get; private set; }

        public string Name() => _backend;

        public Backend Pick(HttpContext context, AvailableBackends candidates, long turn)
        {
            Assert.InRange(random.Next(2), 0, 1);
            Assert.NotEqual(0, time.GetTimestamp());
            var last = candidates.Backends[^1];
            (_backend, Cluster, Address, Weight, InFlight) = (last.Name, candidates.Cluster.Id, last.Address, last.Weight, last.InFlight);
            return last;
        }
    }
}
