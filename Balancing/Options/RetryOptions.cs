using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>When a failed attempt is repeated on another backend.</summary>
public sealed class RetryOptions
{
    /// <summary>Attempts a request may make in all, the first included; a connection refused does not count. 1 turns all other retries off. Default 3.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Time one attempt may take until its response head is there; null (the default) leaves it to <see cref="TimeoutOptions.ResponseHead"/>.</summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan? PerAttemptTimeout { get; set; }

    /// <summary>Response statuses that count as a failed attempt where the request may be repeated. Default 502, 503, 504.</summary>
    [Range(400, 599)]
    public int[] StatusCodes { get; set; } = [502, 503, 504];

    /// <summary>Retries allowed as a share of requests, in percent, over a sliding window. Failed connections do not draw on it. Default 20.</summary>
    [Range(0.0, 1000.0)]
    public double BudgetPercent { get; set; } = 20;

    /// <summary>Retries per second that are always allowed, so that a quiet cluster can retry too. Default 10.</summary>
    [Range(0.0, 100_000.0)]
    public double BudgetMinPerSecond { get; set; } = 10;

    /// <summary>Bytes of a request body kept for a repetition. A longer body streams, and its request is not repeatable once sent. Default 65,536.</summary>
    [Range(0, 64 * 1024 * 1024)]
    public int MaxBufferedBodyBytes { get; set; } = 65_536;

    /// <summary>A second attempt beside one that takes long.</summary>
    public HedgeOptions Hedge { get; set; } = new();
}
