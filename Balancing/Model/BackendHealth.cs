namespace AspireLB.Balancing.Model;

/// <summary>BackendHealth keeps what probes and proxied requests showed about a backend.</summary>
internal sealed class BackendHealth(TimeProvider time)
{
    /// <summary>The verdict of the active probes.</summary>
    public ProbeVerdict Probed { get; set; } = ProbeVerdict.Unknown;

    /// <summary>The latest ejection, which may still be in effect.</summary>
    public Ejection Ejection { get; set; } = Ejection.None;

    /// <summary>How many times the backend was ejected.</summary>
    public int Ejections { get; set; }

    /// <summary>The detector that watches the backend's attempts; null before the first one.</summary>
    public OutlierDetector? Detector { get; set; }

    /// <summary>When the backend was added or recovered, and its slow start began.</summary>
    public DateTimeOffset RampStart { get; set; } = DateTimeOffset.MinValue;

    public bool IsEjected => Ejection.Holds(time.GetUtcNow());
}
