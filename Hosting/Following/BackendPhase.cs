namespace AspireLB.Hosting.Following;

/// <summary>The phase of a process or container, as far as it concerns the balancer.</summary>
internal enum BackendPhase
{
    /// <summary>It is not running yet.</summary>
    Coming,

    /// <summary>It is running.</summary>
    Running,

    /// <summary>It is stopping and finishes its requests in flight.</summary>
    Stopping,

    /// <summary>It has ended.</summary>
    Gone,
}
