namespace AspireLB.Balancing.Model;

/// <summary>What active probes say of a backend.</summary>
internal enum ProbedHealth
{
    Unknown,
    Healthy,
    Unhealthy,
}

/// <summary>
/// The verdict of a backend's probes so far: immutable arithmetic, no clock. <paramref name="Run"/> counts the latest probes in a row that
/// spoke against <paramref name="Health"/>.
/// </summary>
internal sealed record ProbeVerdict(ProbedHealth Health, int Run)
{
    public static ProbeVerdict Unknown { get; } = new(ProbedHealth.Unknown, 0);

    /// <summary>The verdict after one more probe. The first probe of all decides at once, since nothing else is known.</summary>
    /// <param name="succeeded">Whether the probe succeeded.</param>
    /// <param name="rise">Successes in a row that bring an unhealthy backend back.</param>
    /// <param name="fall">Failures in a row that take a healthy backend out.</param>
    public ProbeVerdict After(bool succeeded, int rise, int fall)
    {
        var said = succeeded ? ProbedHealth.Healthy : ProbedHealth.Unhealthy;
        if (said == Health)
            return Run == 0 ? this : new(Health, 0);

        var needed = Health == ProbedHealth.Unknown ? 1 : succeeded ? rise : fall;
        return Run + 1 >= needed ? new(said, 0) : new(Health, Run + 1);
    }
}
