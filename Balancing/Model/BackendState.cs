namespace AspireLB.Balancing.Model;

/// <summary>
/// BackendState is the state that the console and the admin API show for a backend. The admin API writes these names in lower case.
/// </summary>
internal enum BackendState
{
    /// <summary>Not probed yet; gets requests.</summary>
    Unknown,

    /// <summary>Probes succeed; gets requests.</summary>
    Healthy,

    /// <summary>Probes fail; skipped.</summary>
    Unhealthy,

    /// <summary>Proxied requests failed too often; skipped for a time.</summary>
    Ejected,

    /// <summary>Finishes its requests and gets no new ones.</summary>
    Draining,

    /// <summary>Taken out of service by an operator.</summary>
    Disabled,
}

/// <summary>AdministrativeState is the state that an operator has set.</summary>
internal enum AdministrativeState
{
    Active,
    Draining,
    Disabled,
}
