using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>All requests of one second.</summary>
/// <param name="PerSecond">Requests finished.</param>
/// <param name="ErrorsPerSecond">Those of them that the client got no good answer to.</param>
/// <param name="P50">Quantiles of their durations, in milliseconds.</param>
/// <param name="P95">See <paramref name="P50"/>.</param>
/// <param name="P99">See <paramref name="P50"/>.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="Waiting">Requests waiting for a place at a backend.</param>
internal sealed record TotalsView(double PerSecond, double ErrorsPerSecond, double P50, double P95, double P99, int InFlight, int Waiting);

/// <summary>What changes about a backend.</summary>
/// <param name="Id"><c>cluster/name</c>.</param>
/// <param name="State">As <c>GET /api/backends</c> has it.</param>
/// <param name="Weight">The weight in force.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="PerSecond">Attempts begun in a second; mean of the last <see cref="BackendSeries.Smoothing"/> s.</param>
/// <param name="ErrorRate">Share of those that failed, 0 to 1.</param>
/// <param name="P50">Quantiles of the last minute's time to the response head, in milliseconds.</param>
/// <param name="P95">See <paramref name="P50"/>.</param>
/// <param name="P99">See <paramref name="P50"/>.</param>
/// <param name="Requests">Attempts since the start.</param>
/// <param name="Failures">Failed ones.</param>
/// <param name="Retries">Those repeated elsewhere.</param>
internal sealed record BackendFigures(
    string Id, BackendState State, int Weight, int InFlight, double PerSecond, double ErrorRate, double P50, double P95, double P99, long Requests, long Failures, long Retries);

/// <summary>A backend with what does not change while it is there, and its last five minutes.</summary>
internal sealed record BackendDetail(string Cluster, string Name, string Address, int ConfiguredWeight, IReadOnlyList<HistoryBin> History, BackendFigures Now);

/// <summary>All there is to know, sent when a stream begins and when backends come or go.</summary>
/// <param name="Instance">Differs from one run of the balancer to the next; ids start over with it.</param>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Clusters">Clusters and how they pick.</param>
/// <param name="Pending">The configuration that waits for its confirmation, if one does.</param>
/// <param name="Totals">The last five minutes, a second each, oldest first.</param>
/// <param name="Backends">Cluster by cluster, in configured order.</param>
/// <param name="Events">The last events, oldest first.</param>
/// <param name="Requests">The last finished requests, oldest first.</param>
internal sealed record SnapshotView(
    string Instance,
    long Time,
    IReadOnlyList<ClusterView> Clusters,
    PendingCommit? Pending,
    IReadOnlyList<TotalsView> Totals,
    IReadOnlyList<BackendDetail> Backends,
    IReadOnlyList<BalancerEvent> Events,
    IReadOnlyList<FinishedRequest> Requests);

internal sealed record ClusterView(string Id, string Policy);

/// <summary>A second has passed.</summary>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Pending">The configuration that waits for its confirmation, if one does.</param>
/// <param name="Totals">All requests of this second.</param>
/// <param name="Backends">Those of which anything has changed.</param>
internal sealed record TickView(long Time, PendingCommit? Pending, TotalsView Totals, IReadOnlyList<BackendFigures> Backends);
