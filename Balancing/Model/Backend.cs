using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// Backend is one backend: its identity, and what each stage knows about it. One stage writes each state object, and all stages read it. A backend
/// lives as long as its destination stays in the cluster, across reloads.
/// </summary>
internal sealed class Backend(string clusterId, DestinationState destination, TimeProvider time)
{
    public string ClusterId => clusterId;

    public string Name => destination.DestinationId;

    public DestinationState Destination => destination;

    /// <summary>The tags that identify this backend's measurements.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } =
        [new(TelemetryNames.ClusterTag, clusterId), new(TelemetryNames.BackendTag, destination.DestinationId)];

    public string Address => destination.Model.Config.Address;

    /// <summary>The address as logs, console and API show it, with secrets masked.</summary>
    public string ShownAddress => SecretText.Masked(Address);

    /// <summary>The operator's decisions. Written by the admin API.</summary>
    public BackendAdministration Administration { get; } = new(time);

    /// <summary>The findings of probes and proxied requests. Written by <c>Health</c>.</summary>
    public BackendHealth Health { get; } = new(time);

    /// <summary>Its share of the traffic. Written by <c>Routing</c>.</summary>
    public BackendShare Share { get; } = new();

    /// <summary>The pause that the backend asked for. Written by <c>Routing</c>.</summary>
    public BackendPause Pause { get; } = new(time);

    /// <summary>Counts of its attempts. Written by <c>Retrying</c>.</summary>
    public BackendAttempts Attempts { get; } = new(time);

    /// <summary>
    /// The adaptive cap on attempts in flight, used only if <see cref="LimitOptions.Adaptive"/> is set. Written by <c>Retrying</c>.
    /// </summary>
    public GradientLimit AdaptiveLimit { get; set; } = GradientLimit.Initial;

    /// <summary>The weight in effect: the operator's if there is one, otherwise the configured one.</summary>
    public int EffectiveWeight => Administration.WeightOverride ?? Share.ConfiguredWeight;

    public BackendState State => BackendStates.Combine(Administration.State, Health.Probed.Health, Health.IsEjected);

    /// <summary>Whether new requests may go to the backend. A backend that has not been probed yet is available, since no probe has failed.</summary>
    public bool IsAvailable => State is BackendState.Healthy or BackendState.Unknown;

    /// <summary>The most attempts that may be in flight at a time.</summary>
    public int Cap(LimitOptions limits) => limits.Adaptive ? (int)AdaptiveLimit.Limit : limits.MaxCap;
}
