using System.ComponentModel.DataAnnotations;

namespace AspireLB.Balancing.Options;

/// <summary>When a failed attempt is retried on another backend.</summary>
[OptionsSection]
public sealed partial class RetryOptions
{
    /// <summary>
    /// Total number of attempts for a request, including the first. A refused connection does not count. 1 turns off all other retries. Default 3.
    /// </summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// Time one attempt may take until its response head is received. Default null: only <see cref="TimeoutOptions.ResponseHead"/> applies.
    /// </summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan? PerAttemptTimeout { get; set; }

    /// <summary>Response statuses that count as a failed attempt if the request may be retried. Default 502, 503, 504.</summary>
    [Range(400, 599)]
    public int[] StatusCodes { get; set; } = [502, 503, 504];

    /// <summary>
    /// Retry budget: retries allowed as a share of requests, in percent, over a sliding window. Failed connections do not count. Default 20.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double BudgetPercent { get; set; } = 20;

    /// <summary>Retries per second that are always allowed, so that a cluster with little traffic can retry too. Default 10.</summary>
    [Range(0.0, 100_000.0)]
    public double BudgetMinPerSecond { get; set; } = 10;

    /// <summary>
    /// Bytes of a request body that are buffered for a retry. A longer body is streamed, and its request can't be retried once sent. Default 65,536.
    /// </summary>
    [Range(0, 64 * 1024 * 1024)]
    public int MaxBufferedBodyBytes { get; set; } = 65_536;

    /// <summary>A second attempt beside one that is slow.</summary>
    public HedgeOptions Hedge { get; set; } = new();
}
