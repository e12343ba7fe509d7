namespace AspireLB.Hosting.Following;

/// <summary>What a process or container of a resource is doing, as far as it concerns the balancer.</summary>
internal enum BackendPhase
{
    /// <summary>It does not run yet.</summary>
    Coming,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It was told to stop and finishes what it has.</summary>
    Stopping,

    /// <summary>It has ended.</summary>
    Gone,
}
