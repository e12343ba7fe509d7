namespace AspireLB.Balancing.Model;

/// <summary>SlowStartRamp is the share of its weight that a backend has while it warms up: it rises linearly from a tenth to all of it.</summary>
internal static class SlowStartRamp
{
    /// <summary>The factor for all picking weights, so that shares of small weights remain distinct as integers.</summary>
    public const int Scale = 20;

    private const double Minimum = 0.1;

    /// <summary>The share of its weight that a backend has.</summary>
    /// <param name="sinceStart">Time since the backend was added or recovered.</param>
    /// <param name="duration">Length of the ramp; zero means no ramp.</param>
    /// <returns>From 0.1 to 1.</returns>
    public static double Factor(TimeSpan sinceStart, TimeSpan duration) =>
        sinceStart >= duration ? 1 : Math.Max(Minimum, sinceStart / duration);
}
