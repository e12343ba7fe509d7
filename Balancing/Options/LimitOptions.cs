using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>How many requests may be in flight and how many may wait.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests one backend may have in flight; never exceeded. Default 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int MaxInFlightPerBackend { get; set; }

    /// <summary>
    /// Whether each backend's cap follows its latency: smaller while answers take longer than usual, larger while they do not, at most
    /// <see cref="MaxInFlightPerBackend"/> (1,000 where that is 0). Default false.
    /// </summary>
    public bool Adaptive { get; set; }

    /// <summary>Requests of a cluster that may wait for a backend, first come, first served. More are answered 503. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int QueueLength { get; set; } = 1_000;

    /// <summary>Time a request may wait in the queue before it is answered 503. Default 5 s.</summary>
    [Duration("00:00:00.001", "01:00:00")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether backends have a cap at all.</summary>
    internal bool HasBackendCap => MaxInFlightPerBackend > 0 || Adaptive;

    /// <summary>The most that a cap can be.</summary>
    internal int MaxCap => MaxInFlightPerBackend > 0 ? MaxInFlightPerBackend : Adaptive ? 1000 : int.MaxValue;
}
