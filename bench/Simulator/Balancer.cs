using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Picking;
using AspireLB.Balancing.Retrying;
using AspireLB.Balancing.Routing;
using AspireLB.LoadBalancer.Configuring;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Simulator;

/// <summary>
/// The balancer's own parts on virtual time: picking, slots, the retry loop's decisions and budget, outlier detection and slow start, all unchanged.
/// Left out are sockets and probes; what probes would find is told by <see cref="ProbesFind"/>.
/// </summary>
internal sealed class Balancer : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly AttemptSettlement _observer;
    private readonly PickingPolicies _policies;

    public Balancer(VirtualClock clock, Randomness random, ClusterOptions options, int backends)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock).AddSingleton<IClusterOptionsSource>(new Fixed(options));
        services.AddLogging();
        services.AddSingleton<IClusterDestinationsUpdater, DestinationsUpdater>().AddSingleton<AvailabilityPolicy>();
        services.AddSingleton<ClusterRegistry>().AddSingleton<Availability>().AddSingleton<PauseTimer>().AddSingleton<DrainNotice>();
        services.AddPicking().AddAttemptObserving().AddHealthMonitoring().AddRetrying();
        services.AddSingleton<IRandomSource>(random);
        _services = services.BuildServiceProvider();
        (_observer, _policies) = (_services.GetRequiredService<AttemptSettlement>(), _services.GetRequiredService<PickingPolicies>());

        var registry = _services.GetRequiredService<ClusterRegistry>();
        var state = StateOf(backends);
        registry.OnClusterAdded(state);
        Cluster = registry.Get(state);
        Backends = [.. registry.BackendsOf(state)];
        foreach (var backend in Backends)
            backend.Health.Probed = new(ProbedHealth.Healthy, 0);
        Refresh();
    }

    public Cluster Cluster { get; }

    public Backend[] Backends { get; }

    public RequestAttempts NewRequest(HttpContext request) =>
        new(request, proxy: null!, Cluster, bound: null, _policies, _observer) { BufferedBody = ReadOnlyMemory<byte>.Empty };

    /// <summary>The verdict of a backend's probes changes, with all that the monitor has follow from it.</summary>
    public void ProbesFind(Backend backend, ProbedHealth health)
    {
        var comesBack = backend.Health.Probed.Health == ProbedHealth.Unhealthy && health == ProbedHealth.Healthy;
        backend.Health.Probed = new(health, 0);
        if (comesBack)
        {
            _services.GetRequiredService<PassiveHealth>().Reset(backend);
            _services.GetRequiredService<SlowStart>().Begin(backend);
        }

        Refresh();
    }

    public void Dispose() => _services.Dispose();

    private void Refresh() => _services.GetRequiredService<Availability>().Refresh(Cluster.Id);

    private static ClusterState StateOf(int backends)
    {
        var names = Enumerable.Range(1, backends).Select(i => $"server-{i}").ToList();
        var config = new ClusterConfig
        {
            ClusterId = BackendsCluster.Id,
            Destinations = names.ToDictionary(name => name, name => new DestinationConfig { Address = $"http://{name}" }),
        };
        var state = new ClusterState(config.ClusterId, new ClusterModel(config, new HttpMessageInvoker(new SocketsHttpHandler())));
        foreach (var (name, destination) in config.Destinations)
            state.Destinations[name] = new DestinationState(name, new DestinationModel(destination));
        return state;
    }

    private sealed class Fixed(ClusterOptions options) : IClusterOptionsSource
    {
        public ClusterOptions For(string clusterId) => options;
    }

    /// <summary>Asks our policy which destinations are available, as YARP's own does.</summary>
    private sealed class DestinationsUpdater(AvailabilityPolicy policy) : IClusterDestinationsUpdater
    {
        public void UpdateAvailableDestinations(ClusterState cluster)
        {
            DestinationState[] all = [.. cluster.Destinations.Values];
            cluster.DestinationsState = new(all, policy.GetAvailalableDestinations(cluster.Model.Config, all));
        }

        public void UpdateAllDestinations(ClusterState cluster) => UpdateAvailableDestinations(cluster);
    }
}
