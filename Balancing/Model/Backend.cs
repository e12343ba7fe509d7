using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// One backend: who it is, and what each stage knows about it. Each state object is written by one stage and read by all. A backend lives as
/// long as its destination stays in the cluster, across reloads. All members are safe to use from many threads.
/// </summary>
public sealed class Backend
{
    internal Backend(string clusterId, DestinationState destination, TimeProvider time)
    {
        (ClusterId, Destination) = (clusterId, destination);
        Tags = [new(TelemetryNames.ClusterTag, clusterId), new(TelemetryNames.BackendTag, destination.DestinationId)];
        Administration = new(time);
        Health = new(time);
        Pause = new(time);
        Attempts = new(time);
    }

    /// <summary>Id of its cluster.</summary>
    public string ClusterId { get; }

    /// <summary>Its name: the id of YARP's destination.</summary>
    public string Name => Destination.DestinationId;

    /// <summary>Its address as configured.</summary>
    public string Address => Destination.Model.Config.Address;

    /// <summary>YARP's destination, with its configuration and metadata.</summary>
    public DestinationState Destination { get; }

    /// <summary>
    /// The weight in effect, 1 to 1000: the one set at run time, or else the configured one (<c>Metadata:Weight</c>; 1 where there is none).
    /// </summary>
    public int Weight => EffectiveWeight;

    /// <summary>
    /// The weight that a policy compares with those of the other backends: <see cref="Weight"/> in finer units, and less during slow start. At least
    /// 1.
    /// </summary>
    public int PickingWeight => Share.PickingWeight;

    /// <summary>Attempts in flight: requests that this balancer has sent to the backend and that have not ended.</summary>
    public int InFlight => Attempts.InFlight;

    /// <summary>Median time to the response head over the last minute; null without responses. Calculated at most once a second.</summary>
    public TimeSpan? Latency => Attempts.MedianLatency;

    /// <summary>The tags that tell its measurements from those of other backends.</summary>
    internal KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>The address as logs, console and API show it: without a password.</summary>
    internal string ShownAddress => SecretText.Masked(Address);

    /// <summary>What an operator decided. Written by the admin API.</summary>
    internal BackendAdministration Administration { get; }

    /// <summary>What probes and proxied requests showed. Written by <c>Health</c>.</summary>
    internal BackendHealth Health { get; }

    /// <summary>Its share of the traffic. Written by <c>Routing</c>.</summary>
    internal BackendShare Share { get; } = new();

    /// <summary>The pause that it asked for. Written by <c>Routing</c>.</summary>
    internal BackendPause Pause { get; }

    /// <summary>Its attempts, counted. Written by <c>Retrying</c>.</summary>
    internal BackendAttempts Attempts { get; }

    /// <summary>The adaptive cap on attempts in flight; written by <see cref="BackendSlots"/>, and used only where the cap is adaptive.</summary>
    internal GradientLimit AdaptiveLimit { get; set; } = GradientLimit.Initial;

    /// <summary>The weight in effect: the operator's, or else the configured one.</summary>
    internal int EffectiveWeight => Administration.WeightOverride ?? Share.ConfiguredWeight;

    internal BackendState State => BackendStates.Combine(Administration.State, Health.Probed.Health, Health.IsEjected);

    /// <summary>Whether new requests may go to it. A backend that has not been probed yet may be used: no probe has failed.</summary>
    internal bool IsAvailable => State is BackendState.Healthy or BackendState.Unknown;

    /// <summary>Attempts that may be in flight at a time.</summary>
    internal int Cap(LimitOptions limits) => limits.Adaptive ? (int)AdaptiveLimit.Limit : limits.MaxCap;
}
