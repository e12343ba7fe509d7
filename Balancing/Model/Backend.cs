using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

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
    private int _drainedReported;
    private int _rests;

    public string ClusterId => clusterId;

    public string Name => destination.DestinationId;

    public DestinationState Destination => destination;

    /// <summary>What tells its figures from those of others, in metrics.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } = [new(TelemetryNames.ClusterTag, clusterId), new(TelemetryNames.BackendTag, destination.DestinationId)];

    public string Address => destination.Model.Config.Address;

    /// <summary>The address as people and logs are told it.</summary>
    public string ShownAddress => SecretText.Masked(Address);

    /// <summary>Share of the traffic relative to the cluster's other backends.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Weight set by hand at run time; it stands in for the configured one until it is taken back.</summary>
    public int? WeightOverride { get; set; }

    /// <summary>The weight in force.</summary>
    public int EffectiveWeight => WeightOverride ?? Weight;

    /// <summary>What picking goes by: the weight in force times <see cref="SlowStartRamp.Scale"/>, less while the backend warms up.</summary>
    public int PickingWeight { get; set; } = SlowStartRamp.Scale;

    /// <summary>When the backend came (back) in and began to warm up.</summary>
    public DateTimeOffset RampStart { get; set; } = DateTimeOffset.MinValue;

    public AdministrativeState Administrative { get; private set; }

    /// <summary>When it was set to draining; the beginning of time where it is not.</summary>
    public DateTimeOffset DrainsSince { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>What the active probes say.</summary>
    public ProbeVerdict Probed { get; set; } = ProbeVerdict.Unknown;

    /// <summary>What proxied requests say.</summary>
    public Ejection Ejection { get; set; } = Ejection.None;

    /// <summary>The backend asked (<c>Retry-After</c>) to be left alone until then; it is, as long as there are others.</summary>
    public DateTimeOffset RestsUntil { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Attempts under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Attempts begun.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Attempts that failed by the backend's fault.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Attempts that were repeated on another backend.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Attempts that are over.</summary>
    public OutcomeCounts Outcomes { get; } = new();

    /// <summary>Time to the response head of recent attempts.</summary>
    public LatencyWindow Latency { get; } = new(time);

    /// <summary>Times it was ejected.</summary>
    public int Ejections { get; set; }

    /// <summary>Watches its attempts; null before the first.</summary>
    public OutlierDetector? Outliers { get; set; }

    public bool IsEjected => Ejection.Holds(time.GetUtcNow());

    public bool Rests => RestsUntil > time.GetUtcNow();

    public BackendState State => BackendStates.Combine(Administrative, Probed.Health, IsEjected);

    /// <summary>Whether new requests may go to it. An unprobed backend may be used: its probe has not failed.</summary>
    public bool IsAvailable => State is BackendState.Healthy or BackendState.Unknown;

    public void Set(AdministrativeState state)
    {
        if (state == Administrative)
            return;
        DrainsSince = state == AdministrativeState.Draining ? time.GetUtcNow() : DateTimeOffset.MinValue;
        _drainedReported = 0;
        Administrative = state;
    }

    /// <summary>True once for each draining: when the last attempt has ended.</summary>
    public bool IsNewlyDrained() =>
        Administrative == AdministrativeState.Draining && InFlight == 0 && Interlocked.Exchange(ref _drainedReported, 1) == 0;

    /// <summary>Attempts that may be under way at a time.</summary>
    public int Cap(LimitOptions limits) => limits.Adaptive ? (int)AdaptiveLimit.Limit : limits.LargestCap;

    /// <summary>The cap that follows latency; kept only where it is in use.</summary>
    public GradientLimit AdaptiveLimit { get; set; } = GradientLimit.Initial;

    /// <summary>True for the first who asks for rest: one waits for its end.</summary>
    public bool TryBeginRest() => Volatile.Read(ref _rests) == 0 && Interlocked.Exchange(ref _rests, 1) == 0;

    public void EndRest() => Interlocked.Exchange(ref _rests, 0);

    public void AttemptBegins()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _inFlight);
    }

    public void AttemptEnds() => Interlocked.Decrement(ref _inFlight);

    public void AttemptFailed() => Interlocked.Increment(ref _failures);

    public void AttemptRepeated() => Interlocked.Increment(ref _retries);
}
