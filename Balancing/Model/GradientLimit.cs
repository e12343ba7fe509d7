namespace AspireLB.Balancing.Model;

/// <summary>
/// A concurrency limit that follows latency: it shrinks when answers take longer than they did over the long run, and otherwise probes
/// upwards (Netflix concurrency-limits, "Gradient2"). Immutable arithmetic; times are in milliseconds.
/// </summary>
/// <param name="Limit">Requests that may be in flight.</param>
/// <param name="LongLatency">Exponentially smoothed latency; 0 before the first sample.</param>
internal sealed record GradientLimit(double Limit, double LongLatency)
{
    private const double Tolerance = 1.5;
    private const double Smoothing = 0.2;
    private const double LongWeight = 1.0 / 600;

    public static GradientLimit Initial { get; } = new(20, 0);

    /// <summary>The limit after one more answer.</summary>
    /// <param name="latency">Its latency.</param>
    /// <param name="inFlight">Requests that were in flight; when they were far fewer than the limit, it was not what held them up, and it stays.</param>
    /// <param name="maximum">The limit never exceeds this.</param>
    public GradientLimit After(double latency, int inFlight, double maximum)
    {
        var longLatency = LongLatency == 0 ? latency : LongLatency + ((latency - LongLatency) * LongWeight);

        // After a long bad time the average is too high to be a measure; it is led back faster than it would come down by itself.
        if (longLatency > 2 * latency)
            longLatency *= 0.95;
        if (inFlight < Limit / 2)
            return this with { LongLatency = longLatency };

        var gradient = Math.Clamp(Tolerance * longLatency / Math.Max(latency, 0.001), 0.5, 1);
        var wanted = (Limit * gradient) + Math.Sqrt(Limit);
        return new(Math.Clamp((Limit * (1 - Smoothing)) + (wanted * Smoothing), 1, maximum), longLatency);
    }
}
