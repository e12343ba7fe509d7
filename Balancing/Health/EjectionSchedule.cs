using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>EjectionSchedule calculates how long an ejection lasts and how many backends may be ejected.</summary>
internal static class EjectionSchedule
{
    /// <summary>
    /// The first ejection lasts <see cref="PassiveHealthOptions.EjectionTime"/>, each further one twice as long, up to
    /// <see cref="PassiveHealthOptions.MaxEjectionTime"/>.
    /// </summary>
    /// <param name="options">The limits.</param>
    /// <param name="earlier">Number of earlier ejections that still count.</param>
    public static TimeSpan Duration(PassiveHealthOptions options, int earlier)
    {
        var ticks = options.EjectionTime.Ticks * Math.Pow(2, Math.Min(earlier, 60));
        return ticks >= options.MaxEjectionTime.Ticks ? options.MaxEjectionTime : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>Whether one more backend of a cluster may be ejected.</summary>
    public static bool MayEject(int backends, int ejected, int maxEjectedPercent) => (ejected + 1) * 100 <= backends * maxEjectedPercent;
}
