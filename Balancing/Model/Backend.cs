using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// One backend: who it is, and what each stage knows about it. Each state object is written by one stage and read by all. A backend lives as
/// long as its destination stays in the cluster, across reloads.
/// </summary>
internal sealed class Backend(string clusterId, DestinationState destination, TimeProvider time)
{
    public string ClusterId => clusterId;

    public string Name => destination.DestinationId;

    public DestinationState Destination => destination;

    /// <summary>The tags that tell its measurements from those of other backends.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } =
        [new(TelemetryNames.ClusterTag, clusterId), new(TelemetryNames.BackendTag, destination.DestinationId)];

    public string Address => destination.Model.Config.Address;

    /// <summary>The address as logs, console and API show it: without a password.</summary>
    public string ShownAddress => SecretText.Masked(Address);

    /// <summary>What an operator decided. Written by the admin API.</summary>
    public BackendAdministration Administration { get; } = new(time);

    /// <summary>What probes and proxied requests showed. Written by <c>Health</c>.</summary>
    public BackendHealth Health { get; } = new(time);

    /// <summary>Its share of the traffic. Written by <c>Routing</c>.</summary>
    public BackendShare Share { get; } = new();

    /// <summary>The pause that it asked for. Written by <c>Routing</c>.</summary>
    public BackendPause Pause { get; } = new(time);

    /// <summary>Its attempts, counted. Written by <c>Retrying</c>.</summary>
    public BackendAttempts Attempts { get; } = new(time);

    /// <summary>The adaptive cap on attempts in flight; written by <see cref="BackendSlots"/>, and used only where the cap is adaptive.</summary>
    public GradientLimit AdaptiveLimit { get; set; } = GradientLimit.Initial;

    /// <summary>The weight in effect: the operator's, or else the configured one.</summary>
    public int EffectiveWeight => Administration.WeightOverride ?? Share.ConfiguredWeight;

    public BackendState State => BackendStates.Combine(Administration.State, Health.Probed.Health, Health.IsEjected);

    /// <summary>Whether new requests may go to it. A backend that has not been probed yet may be used: no probe has failed.</summary>
    public bool IsAvailable => State is BackendState.Healthy or BackendState.Unknown;

    /// <summary>Attempts that may be in flight at a time.</summary>
    public int Cap(LimitOptions limits) => limits.Adaptive ? (int)AdaptiveLimit.Limit : limits.MaxCap;
}
