using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>How many requests may be in flight and how many may wait.</summary>
[OptionsSection]
public sealed partial class LimitOptions
{
    /// <summary>Maximum number of requests that one backend has in flight. Default 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int MaxInFlightPerBackend { get; set; }

    /// <summary>
    /// Whether each backend's cap follows its latency. The cap shrinks while responses take longer than usual and otherwise grows, up to
    /// <see cref="MaxInFlightPerBackend"/> (1,000 if that is 0). Default false.
    /// </summary>
    public bool Adaptive { get; set; }

    /// <summary>
    /// Requests of a cluster that may wait for a slot, first come, first served. Further requests get a 503 response. Default 1,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int QueueLength { get; set; } = 1_000;

    /// <summary>Time a request may wait in the queue before it gets a 503 response. Default 5 s.</summary>
    [Duration("00:00:00.001", "01:00:00")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether backends have a cap.</summary>
    internal bool HasBackendCap => MaxInFlightPerBackend > 0 || Adaptive;

    /// <summary>The largest possible cap.</summary>
    internal int MaxCap => MaxInFlightPerBackend > 0 ? MaxInFlightPerBackend : Adaptive ? 1000 : int.MaxValue;
}
