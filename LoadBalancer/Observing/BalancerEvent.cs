namespace AspireLB.LoadBalancer.Observing;

/// <summary>Something that happened to a backend or to the configuration.</summary>
/// <param name="Id">Ascending from 1.</param>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Kind">One of <see cref="EventKinds"/>.</param>
/// <param name="Cluster">The backend's cluster, if the event concerns a backend.</param>
/// <param name="Backend">The backend's name, if the event concerns a backend.</param>
/// <param name="Detail">The reason, or the new value.</param>
internal sealed record BalancerEvent(long Id, long Time, string Kind, string? Cluster, string? Backend, string? Detail);

/// <summary>The kinds of events.</summary>
internal static class EventKinds
{
    public const string Up = "up";
    public const string Down = "down";
    public const string Ejected = "ejected";
    public const string Recovered = "recovered";
    public const string Drained = "drained";
    public const string Reload = "reload";
    public const string Refused = "refused";

    // Configuration changes through the admin API:
    public const string Applied = "applied";
    public const string Confirmed = "confirmed";
    public const string TakenBack = "takenBack";

    // Manual changes:
    public const string Drain = "drain";
    public const string Enable = "enable";
    public const string Disable = "disable";
    public const string Weight = "weight";
}
