using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Routing;

/// <summary>TestModel creates clusters and backends as YARP would hold them, without a proxy.</summary>
internal static class TestModel
{
    public static readonly HttpMessageInvoker NoClient = new(new SocketsHttpHandler());

    public static Backend Backend(string name, int weight = 1, TimeProvider? time = null)
    {
        var destination = new DestinationState(name, new DestinationModel(new DestinationConfig { Address = $"http://{name}" }));
        return new("c", destination, time ?? new FakeTimeProvider()) { Share = { ConfiguredWeight = weight, PickingWeight = weight } };
    }

    public static Backend[] Backends(params int[] weights) => [.. weights.Index().Select(each => Backend($"server-{each.Index + 1}", each.Item))];

    public static AvailableBackends Available(params Backend[] backends) => new(backends);

    public static Cluster Cluster(ClusterOptions? options = null) =>
        new(new ClusterState("c"), new FixedOptions(options ?? new()), new FakeTimeProvider());

    /// <summary>Creates a cluster with these destinations, configured in this order.</summary>
    public static ClusterState State(params string[] destinations)
    {
        var configs = destinations.ToDictionary(name => name, name => new DestinationConfig { Address = $"http://{name}" });
        var config = new ClusterConfig { ClusterId = "c", Destinations = configs };
        var state = new ClusterState("c", new ClusterModel(config, NoClient));
        foreach (var (name, destination) in config.Destinations)
            state.Destinations[name] = new DestinationState(name, new DestinationModel(destination));
        return state;
    }

    public static ClusterRegistry Registry(ClusterOptions? options = null) => new(new FixedOptions(options ?? new()), new FakeTimeProvider());
}

/// <summary>FixedOptions gives every cluster the same options.</summary>
internal sealed class FixedOptions(ClusterOptions options) : IClusterOptionsSource
{
    public ClusterOptions For(string clusterId) => options;
}
