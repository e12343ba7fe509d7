using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>Instruments defines the balancer's own instruments. ASP.NET Core and .NET add theirs, by OpenTelemetry's semantic conventions.</summary>
internal static class Instruments
{
    public static readonly InstrumentDefinition Attempts = new(
        "aspirelb.attempts", InstrumentKind.Counter, "{attempt}",
        "Attempts to forward a request to a backend, by outcome.") { SeriesABackend = OutcomeName.All.Length };
    public static readonly InstrumentDefinition AttemptDuration = new(
        "aspirelb.attempt.duration", InstrumentKind.Histogram, "s",
        "Time from the start of an attempt to the head of the backend's response.");
    public static readonly InstrumentDefinition Retries = new(
        "aspirelb.retries", InstrumentKind.Counter, "{attempt}",
        "Failed attempts that were retried on another backend.");
    public static readonly InstrumentDefinition Hedges = new(
        "aspirelb.hedges", InstrumentKind.Counter, "{attempt}",
        "Attempts made beside another that took long, by outcome: won, lost or failed.") { SeriesABackend = 3 };
    public static readonly InstrumentDefinition Picks = new(
        "aspirelb.picks", InstrumentKind.Counter, "{pick}",
        "Times a backend was picked, by the cluster's policy.");
    public static readonly InstrumentDefinition Failures = new(
        "aspirelb.failures", InstrumentKind.Counter, "{attempt}",
        "Attempts that failed and count against the backend.");
    public static readonly InstrumentDefinition Ejections = new(
        "aspirelb.ejections", InstrumentKind.Counter, "{ejection}",
        "Times a backend was ejected for failing requests.");
    public static readonly InstrumentDefinition BackendState = new(
        "aspirelb.backend.state", InstrumentKind.Gauge, "{backend}",
        "1 for the state a backend is in, 0 for the others.") { SeriesABackend = Enum.GetValues<BackendState>().Length };
    public static readonly InstrumentDefinition BackendWeight = new("aspirelb.backend.weight", InstrumentKind.Gauge, "{weight}", "Weight in effect.");
    public static readonly InstrumentDefinition InFlight = new(
        "aspirelb.backend.in_flight", InstrumentKind.Gauge, "{attempt}",
        "Attempts in flight.");
    public static readonly InstrumentDefinition Available = new(
        "aspirelb.cluster.available", InstrumentKind.Gauge, "{backend}",
        "Backends of a cluster that requests may go to.");
    public static readonly InstrumentDefinition QueueLength = new(
        "aspirelb.queue.length", InstrumentKind.Gauge, "{request}",
        "Requests that wait for a slot at a backend.");
    public static readonly InstrumentDefinition QueueWait = new(
        "aspirelb.queue.wait", InstrumentKind.Histogram, "s",
        "Time that requests waited for a slot, by whether they got one.");
    public static readonly InstrumentDefinition RetryBudget = new(
        "aspirelb.retry.budget", InstrumentKind.Gauge, "{attempt}",
        "Retries that the budget still allows now.");
    public static readonly InstrumentDefinition ConnectionsOpen = new(
        "aspirelb.connections.open", InstrumentKind.Gauge, "{connection}",
        "Connections to a backend, idle ones included.");
    public static readonly InstrumentDefinition ConnectionsIdle = new(
        "aspirelb.connections.idle", InstrumentKind.Gauge, "{connection}",
        "Connections to a backend that wait for a request.");
    public static readonly InstrumentDefinition ConnectionsCreated = new(
        "aspirelb.connections.created", InstrumentKind.Counter, "{connection}",
        "Connections opened to a backend.");
    public static readonly InstrumentDefinition ConnectionsClients = new(
        "aspirelb.connections.clients", InstrumentKind.Gauge, "{connection}",
        "Connections of clients.");
    public static readonly InstrumentDefinition ConnectionsLimit = new(
        "aspirelb.connections.limit", InstrumentKind.Gauge, "{connection}",
        "Most connections of clients at a time; more wait to be accepted.");
    public static readonly InstrumentDefinition ConnectionsPauses = new(
        "aspirelb.connections.pauses", InstrumentKind.Counter, "{pause}",
        "Times that no connection was accepted, since all slots were taken.");
    public static readonly InstrumentDefinition Reloads = new(
        "aspirelb.configuration.reloads", InstrumentKind.Counter, "{reload}",
        "Changes of the configuration, by outcome.");
    public static readonly InstrumentDefinition ConfigurationValid = new(
        "aspirelb.configuration.valid", InstrumentKind.Gauge, "{configuration}",
        "1 if the latest configuration was applied, 0 if it was refused and an older one is in effect.");
    public static readonly InstrumentDefinition AccessLogDropped = new(
        "aspirelb.access_log.dropped", InstrumentKind.Counter, "{line}",
        "Lines left out of the access log, since they arrived faster than they could be written.");

    public static IReadOnlyList<InstrumentDefinition> All { get; } =
    [
        Attempts, AttemptDuration, Retries, Hedges, Picks, Failures, Ejections,
        BackendState, BackendWeight, InFlight, Available, QueueLength, QueueWait, RetryBudget,
        ConnectionsOpen, ConnectionsIdle, ConnectionsCreated, ConnectionsClients, ConnectionsLimit, ConnectionsPauses,
        Reloads, ConfigurationValid, AccessLogDropped,
    ];

    /// <summary>The buckets of OpenTelemetry's conventions for HTTP durations, in seconds.</summary>
    public static double[] Seconds => [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
}
