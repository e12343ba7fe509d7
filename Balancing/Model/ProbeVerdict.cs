namespace AspireLB.Balancing.Model;

/// <summary>ProbedHealth is a backend's health according to active probes.</summary>
internal enum ProbedHealth
{
    Unknown,
    Healthy,
    Unhealthy,
}

/// <summary>
/// ProbeVerdict is the verdict of a backend's probes so far. It is immutable arithmetic without a clock. <paramref name="Run"/> counts the latest
/// consecutive probes that contradict <paramref name="Health"/>.
/// </summary>
internal sealed record ProbeVerdict(ProbedHealth Health, int Run)
{
    public static ProbeVerdict Unknown { get; } = new(ProbedHealth.Unknown, 0);

    /// <summary>The verdict after one more probe. The very first probe decides at once, since nothing else is known.</summary>
    /// <param name="succeeded">Whether the probe succeeded.</param>
    /// <param name="rise">Consecutive successes that make an unhealthy backend healthy.</param>
    /// <param name="fall">Consecutive failures that make a healthy backend unhealthy.</param>
    public ProbeVerdict After(bool succeeded, int rise, int fall)
    {
        var observed = succeeded ? ProbedHealth.Healthy : ProbedHealth.Unhealthy;
        if (observed == Health)
            return Run == 0 ? this : new(Health, 0);

        var needed = Health == ProbedHealth.Unknown ? 1 : succeeded ? rise : fall;
        return Run + 1 >= needed ? new(observed, 0) : new(Health, Run + 1);
    }
}
