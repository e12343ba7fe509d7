using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>What the balancer keeps for one cluster besides YARP's model. It lives as long as the cluster does, across reloads.</summary>
internal sealed class Cluster(ClusterState state, IClusterOptionsSource options, TimeProvider time)
{
    private long _turn = -1;
    private Known? _known;

    public ClusterState State => state;

    public string Id => state.ClusterId;

    public ClusterOptions Options
    {
        get
        {
            // Asked several times for each request, which is too often for a look-up by name.
            var generation = options.Generation;
            var known = _known;
            if (generation is null || known?.Generation != generation)
                _known = known = new(generation, options.For(state.ClusterId));
            return known.Options;
        }
    }

    /// <summary>The backends that requests may go to now.</summary>
    public AvailableBackends Available => state.DestinationsState.AvailableDestinations as AvailableBackends ?? AvailableBackends.None;

    public RetryBudget Budget { get; } = new(time);

    public BackendSlots Slots { get; } = new(time);

    public ClusterLatency Latency { get; } = new(time);

    /// <summary>Numbers the requests that a backend is picked for: 0 for the first.</summary>
    public long NextTurn() => Interlocked.Increment(ref _turn);

    private sealed record Known(object? Generation, ClusterOptions Options);
}
