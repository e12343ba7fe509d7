namespace AspireLB.Balancing.Model;

/// <summary>A backend's state as people see it; the admin API writes these names in lower case.</summary>
internal enum BackendState
{
    /// <summary>Not probed yet; used.</summary>
    Unknown,

    /// <summary>Probes succeed; used.</summary>
    Healthy,

    /// <summary>Probes fail; skipped.</summary>
    Unhealthy,

    /// <summary>Proxied requests failed too often; skipped for a time.</summary>
    Ejected,

    /// <summary>Finishes what it has and gets nothing new.</summary>
    Draining,

    /// <summary>Taken out by hand.</summary>
    Disabled,
}

/// <summary>What people have decided about a backend.</summary>
internal enum AdministrativeState
{
    Active,
    Draining,
    Disabled,
}
