namespace AspireLB.Balancing.Model;

/// <summary>How much of its weight a backend has while it warms up after a recovery: a line from a tenth to all of it.</summary>
internal static class SlowStartRamp
{
    /// <summary>Weights are multiplied by this, so that shares of small weights can be told apart.</summary>
    public const int Scale = 20;

    private const double Least = 0.1;

    /// <param name="sinceStart">Time since the backend came in.</param>
    /// <param name="duration">Length of the ramp; zero: none.</param>
    /// <returns>From 0.1 to 1.</returns>
    public static double Factor(TimeSpan sinceStart, TimeSpan duration) =>
        sinceStart >= duration ? 1 : Math.Max(Least, sinceStart / duration);
}
