using AspireLB.Balancing.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Holds the configuration in effect. YARP takes its routes and clusters from here, every other stage its options. A reload replaces all of it
/// at once, or nothing if the new configuration has errors.
/// </summary>
internal sealed class ConfigurationStore(EffectiveConfiguration initial) : IProxyConfigProvider, IClusterOptionsSource
{
    private Snapshot _snapshot = new(initial);

    public EffectiveConfiguration Current => _snapshot.Configuration;

    public ClusterOptions For(string clusterId) => Current.LoadBalancer.For(clusterId);

    public object Generation => _snapshot;

    public IProxyConfig GetConfig() => _snapshot;

    /// <summary>Puts a validated configuration into effect; YARP applies it before this returns.</summary>
    public void Apply(EffectiveConfiguration configuration)
    {
        var replaced = Interlocked.Exchange(ref _snapshot, new Snapshot(configuration));
        replaced.SignalChange();
    }

    private sealed class Snapshot : IProxyConfig
    {
        private readonly CancellationTokenSource _changed = new();

        public Snapshot(EffectiveConfiguration configuration)
        {
            Configuration = configuration;
            ChangeToken = new CancellationChangeToken(_changed.Token);
        }

        public EffectiveConfiguration Configuration { get; }

        public IReadOnlyList<RouteConfig> Routes => Configuration.Routes;

        public IReadOnlyList<ClusterConfig> Clusters => Configuration.Clusters;

        public IChangeToken ChangeToken { get; }

        public void SignalChange() => _changed.Cancel();
    }
}
