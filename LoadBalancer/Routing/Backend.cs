using AspireLB.LoadBalancer.Health;
using AspireLB.LoadBalancer.Observing;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Routing;

/// <summary>
/// What the balancer knows of one backend besides YARP's model: its health, its administrative state and its figures. It lives as long as
/// the destination stays in its cluster, across reloads.
/// </summary>
internal sealed class Backend(string clusterId, DestinationState destination, TimeProvider time)
{
    private long _requests;
    private long _failures;
    private long _retries;
    private int _inFlight;

    public string ClusterId => clusterId;

    public string Name => destination.DestinationId;

    public DestinationState Destination => destination;

    public string Address => destination.Model.Config.Address;

    /// <summary>Share of the traffic relative to the cluster's other backends.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Weight set by hand at run time; it stands in for the configured one until it is taken back.</summary>
    public int? WeightOverride { get; set; }

    /// <summary>The weight in force.</summary>
    public int EffectiveWeight => WeightOverride ?? Weight;

    public AdministrativeState Administrative { get; set; }

    /// <summary>What the active probes say.</summary>
    public ProbeVerdict Probed { get; set; } = ProbeVerdict.Unknown;

    /// <summary>Attempts under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Attempts begun.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Attempts that failed by the backend's fault.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Attempts that were repeated on another backend.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Time to the response head of recent attempts.</summary>
    public LatencyWindow Latency { get; } = new(time);

    public BackendState State => (Administrative, Probed.Health) switch
    {
        (AdministrativeState.Disabled, _) => BackendState.Disabled,
        (AdministrativeState.Draining, _) => BackendState.Draining,
        (_, ProbedHealth.Healthy) => BackendState.Healthy,
        (_, ProbedHealth.Unhealthy) => BackendState.Unhealthy,
        _ => BackendState.Unknown,
    };

    /// <summary>Whether new requests may go to it. An unprobed backend may be used: its probe has not failed.</summary>
    public bool IsAvailable => State is BackendState.Healthy or BackendState.Unknown;

    public void AttemptBegins()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _inFlight);
    }

    public void AttemptEnds() => Interlocked.Decrement(ref _inFlight);

    public void AttemptFailed() => Interlocked.Increment(ref _failures);

    public void AttemptRepeated() => Interlocked.Increment(ref _retries);
}
