using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>When the next probe of a backend is due.</summary>
internal static class ProbeSchedule
{
    /// <param name="options">Interval, interval while down, jitter.</param>
    /// <param name="health">The verdict after the last probe.</param>
    /// <param name="random">From 0 up to, not including, 1.</param>
    /// <returns>The interval in force times 1 − jitter … 1 + jitter.</returns>
    public static TimeSpan Next(ActiveHealthOptions options, ProbedHealth health, double random)
    {
        var interval = health == ProbedHealth.Unhealthy ? TimeSpan.FromTicks(Math.Min(options.DownInterval.Ticks, options.Interval.Ticks)) : options.Interval;
        return interval * (1 + (options.Jitter * ((2 * random) - 1)));
    }
}
