using System.Net;
using AspireLB.Balancing.Forwarding.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AspireLB.LoadBalancer.Tests.FrameworkAssumptions;

/// <summary>What the balancer takes for granted of YARP.</summary>
public sealed class YarpTests
{
    private const string Policy = "recording";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Ours are given YARP's, which they make from the type that YARP has registered.</summary>
    [Theory]
    [InlineData(typeof(IHttpForwarder))]
    [InlineData(typeof(ITransformBuilder))]
    [InlineData(typeof(IForwarderHttpClientFactory))]
    public void Service_ThatOursReplaces_IsRegisteredOnceAndByItsType(Type service)
    {
        var services = new ServiceCollection();
        services.AddReverseProxy();

        Assert.NotNull(Assert.Single(services, registered => registered.ServiceType == service).ImplementationType);
    }

    /// <summary>
    /// Our path knows the transform of session affinity by its type's full name, and the one for the client's Host by being the same object. Without
    /// either such a route would go through YARP's forwarder, which is right and slow.
    /// </summary>
    [Fact]
    public void Route_WithSessionsAndTheClientsHost_IsKnownToOurPath()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy();
        using var provider = services.BuildServiceProvider();
        var builder = ActivatorUtilities.CreateInstance<PlanningTransformBuilder>(provider, provider.GetRequiredService<ITransformBuilder>());
        var route = new RouteConfig
        {
            RouteId = "r",
            ClusterId = "c",
            Match = new() { Path = "/" },
            Transforms = [new Dictionary<string, string> { ["RequestHeaderOriginalHost"] = "true" }],
        };
        var cluster = new ClusterConfig
        {
            ClusterId = "c",
            SessionAffinity = new() { Enabled = true, Policy = "HashCookie", AffinityKeyName = "session" },
        };

        var plan = Assert.IsType<PlannedTransformer>(builder.Build(route, cluster)).Plan;

        Assert.True(plan.UsesOriginalHost);
        Assert.Single(plan.ResponseTransforms);
    }

    /// <summary>
    /// Our state hangs on YARP's objects: clusters and destinations stay the same over a reload, the list of all destinations changes only with them,
    /// and what our policy has chosen comes back as the same object.
    /// </summary>
    [Fact]
    public async Task Model_HealthAndConfigurationChange_KeepsAndReplacesTheObjectsWeHoldOnTo()
    {
        var policy = new RecordingPolicy();
        var offered = new TaskCompletionSource<IReadOnlyList<DestinationState>>();
        await using var proxy = await StartAsync(policy, offered);
        Assert.True(proxy.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("c", out var cluster));
        var before = cluster.Destinations["a"];
        var all = policy.Last;

        // Health alone has changed.
        proxy.Services.GetRequiredService<IClusterDestinationsUpdater>().UpdateAvailableDestinations(cluster);
        Assert.Same(all, policy.Last);
        Assert.Same(policy.Chosen, cluster.DestinationsState.AvailableDestinations);

        // A reload is applied once the signal of the change has returned.
        proxy.Services.GetRequiredService<InMemoryConfigProvider>().Update([Route], [Cluster("a", "b")]);
        Assert.NotSame(all, policy.Last);
        Assert.Equal(2, policy.Last!.Count);
        Assert.True(proxy.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("c", out var after));
        Assert.Same(cluster, after);
        Assert.Same(before, after.Destinations["a"]);

        using var client = new HttpClient { BaseAddress = new(proxy.Urls.First()) };
        using var response = await client.GetAsync("/", Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Same(policy.Chosen, await offered.Task);
    }

    private static RouteConfig Route => new() { RouteId = "r", ClusterId = "c", Match = new() { Path = "/{**rest}" } };

    private static ClusterConfig Cluster(params string[] destinations) => new()
    {
        ClusterId = "c",
        HealthCheck = new() { AvailableDestinationsPolicy = Policy },
        Destinations = destinations.ToDictionary(name => name, name => new DestinationConfig { Address = $"http://{name}.test" }),
    };

    private static async Task<WebApplication> StartAsync(RecordingPolicy policy, TaskCompletionSource<IReadOnlyList<DestinationState>> offered)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IAvailableDestinationsPolicy>(policy);
        builder.Services.AddReverseProxy().LoadFromMemory([Route], [Cluster("a")]);
        var proxy = builder.Build();
        proxy.MapReverseProxy(pipeline => pipeline.Use((HttpContext context, RequestDelegate _) =>
        {
            offered.SetResult(context.GetReverseProxyFeature().AvailableDestinations);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
        await proxy.StartAsync(Cancelled);
        return proxy;
    }

    private sealed class RecordingPolicy : IAvailableDestinationsPolicy
    {
        public string Name => Policy;

        /// <summary>The list of all destinations that YARP has given last.</summary>
        public IReadOnlyList<DestinationState>? Last { get; private set; }

        /// <summary>What was chosen of them.</summary>
        public IReadOnlyList<DestinationState>? Chosen { get; private set; }

        public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
        {
            Last = allDestinations;
            return Chosen = [.. allDestinations];
        }
    }
}
