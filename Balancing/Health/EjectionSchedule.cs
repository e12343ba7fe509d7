using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Health;

/// <summary>How long an ejection lasts and how many may be ejected: arithmetic only.</summary>
internal static class EjectionSchedule
{
    /// <summary>The first ejection takes <see cref="PassiveHealthOptions.EjectionTime"/>, each further one twice as long, up to <see cref="PassiveHealthOptions.MaxEjectionTime"/>.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="earlier">Ejections before this one that still count.</param>
    public static TimeSpan Duration(PassiveHealthOptions options, int earlier)
    {
        var ticks = options.EjectionTime.Ticks * Math.Pow(2, Math.Min(earlier, 60));
        return ticks >= options.MaxEjectionTime.Ticks ? options.MaxEjectionTime : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>Whether one more backend of a cluster may be ejected.</summary>
    public static bool MayEject(int backends, int ejected, int maxEjectedPercent) => (ejected + 1) * 100 <= backends * maxEjectedPercent;
}
