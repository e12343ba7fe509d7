using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>ProbeSchedule calculates when the next probe of a backend is due.</summary>
internal static class ProbeSchedule
{
    /// <param name="options">The interval, the interval while down, and the jitter.</param>
    /// <param name="health">The verdict after the last probe.</param>
    /// <param name="random">A number from 0 (inclusive) to 1 (exclusive).</param>
    /// <returns>The current interval times a factor between 1 − jitter and 1 + jitter.</returns>
    public static TimeSpan Next(ActiveHealthOptions options, ProbedHealth health, double random)
    {
        var interval = health == ProbedHealth.Unhealthy
            ? TimeSpan.FromTicks(Math.Min(options.DownInterval.Ticks, options.Interval.Ticks))
            : options.Interval;
        return interval * (1 + (options.Jitter * ((2 * random) - 1)));
    }
}
