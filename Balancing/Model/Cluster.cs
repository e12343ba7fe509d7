using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>What the balancer keeps for one cluster besides YARP's model. It lives as long as the cluster does, across reloads.</summary>
public sealed class Cluster
{
    private readonly IClusterOptionsSource _options;
    private long _turn = -1;
    private CachedOptions? _cached;

    internal Cluster(ClusterState state, IClusterOptionsSource options, TimeProvider time)
    {
        (State, _options) = (state, options);
        Budget = new(time);
        Slots = new(time);
        Latency = new(time);
    }

    /// <summary>Id of the cluster in YARP's configuration.</summary>
    public string Id => State.ClusterId;

    /// <summary>YARP's cluster, with its configuration and metadata.</summary>
    public ClusterState State { get; }

    internal ClusterOptions Options
    {
        get
        {
            // Asked several times for each request, which is too often for a look-up by name.
            var generation = _options.Generation;
            var known = _cached;
            if (generation is null || known?.Generation != generation)
                _cached = known = new(generation, _options.For(Id));
            return known.Options;
        }
    }

    /// <summary>The backends that requests may go to now.</summary>
    internal AvailableBackends Available => State.DestinationsState.AvailableDestinations as AvailableBackends ?? AvailableBackends.None;

    internal RetryBudget Budget { get; }

    internal BackendSlots Slots { get; }

    internal ClusterLatency Latency { get; }

    /// <summary>Numbers the requests that a backend is picked for: 0 for the first.</summary>
    internal long NextTurn() => Interlocked.Increment(ref _turn);

    private sealed record CachedOptions(object? Generation, ClusterOptions Options);
}
