using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>Cluster is the balancer's state of one cluster, beside YARP's model. It lives as long as the cluster does, across reloads.</summary>
internal sealed class Cluster(ClusterState state, IClusterOptionsSource options, TimeProvider time)
{
    private long _turn = -1;
    private CachedOptions? _cached;

    public ClusterState State => state;

    public string Id => state.ClusterId;

    public ClusterOptions Options
    {
        get
        {
            // Each request reads the options several times, which is too often for a lookup by name.
            var generation = options.Generation;
            var cached = _cached;
            if (generation is null || cached?.Generation != generation)
                _cached = cached = new(generation, options.For(state.ClusterId));
            return cached.Options;
        }
    }

    /// <summary>The backends that requests may go to now.</summary>
    public AvailableBackends Available => state.DestinationsState.AvailableDestinations as AvailableBackends ?? AvailableBackends.None;

    public RetryBudget Budget { get; } = new(time);

    public BackendSlots Slots { get; } = new(time);

    public ClusterLatency Latency { get; } = new(time);

    /// <summary>Numbers the cluster's requests: 0 for the first one that a backend is picked for.</summary>
    public long NextTurn() => Interlocked.Increment(ref _turn);

    private sealed record CachedOptions(object? Generation, ClusterOptions Options);
}
