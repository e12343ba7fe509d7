namespace AspireLB.Balancing.Model;

/// <summary>What probes and proxied requests showed about a backend.</summary>
internal sealed class BackendHealth(TimeProvider time)
{
    /// <summary>The verdict of the active probes.</summary>
    public ProbeVerdict Probed { get; set; } = ProbeVerdict.Unknown;

    /// <summary>The ejection in effect, or the latest one.</summary>
    public Ejection Ejection { get; set; } = Ejection.None;

    /// <summary>Times it was ejected.</summary>
    public int Ejections { get; set; }

    /// <summary>Watches its attempts; null before the first one.</summary>
    public OutlierDetector? Detector { get; set; }

    /// <summary>When the backend came (back) in and its slow start began.</summary>
    public DateTimeOffset RampStart { get; set; } = DateTimeOffset.MinValue;

    public bool IsEjected => Ejection.Holds(time.GetUtcNow());
}
