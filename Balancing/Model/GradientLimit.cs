namespace AspireLB.Balancing.Model;

/// <summary>
/// GradientLimit is a concurrency limit that follows latency. It shrinks when responses take longer than their long-term average, and otherwise
/// probes upwards (Netflix concurrency-limits, "Gradient2"). It is immutable arithmetic; times are in milliseconds.
/// </summary>
/// <param name="Limit">The most requests that may be in flight.</param>
/// <param name="LongLatency">Exponentially smoothed latency; 0 before the first sample.</param>
internal sealed record GradientLimit(double Limit, double LongLatency)
{
    private const double Tolerance = 1.5;
    private const double Smoothing = 0.2;
    private const double LongWeight = 1.0 / 600;

    public static GradientLimit Initial { get; } = new(20, 0);

    /// <summary>The limit after one more response.</summary>
    /// <param name="latency">The response's latency.</param>
    /// <param name="inFlight">Requests that were in flight. If they were fewer than half the limit, the limit did not hold them up and stays.</param>
    /// <param name="maximum">The limit never exceeds this.</param>
    public GradientLimit After(double latency, int inFlight, double maximum)
    {
        var longLatency = LongLatency == 0 ? latency : LongLatency + ((latency - LongLatency) * LongWeight);

        // After a long period of high latency the average is too high to compare with: lower it faster than the smoothing alone would.
        if (longLatency > 2 * latency)
            longLatency *= 0.95;
        if (inFlight < Limit / 2)
            return this with { LongLatency = longLatency };

        var gradient = Math.Clamp(Tolerance * longLatency / Math.Max(latency, 0.001), 0.5, 1);
        var wanted = (Limit * gradient) + Math.Sqrt(Limit);
        return new(Math.Clamp((Limit * (1 - Smoothing)) + (wanted * Smoothing), 1, maximum), longLatency);
    }
}
