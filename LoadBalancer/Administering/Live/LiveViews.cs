using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>All requests of one second.</summary>
/// <param name="PerSecond">Requests finished.</param>
/// <param name="ErrorsPerSecond">Those of them that failed for the client.</param>
/// <param name="P50">Quantiles of their durations, in milliseconds.</param>
/// <param name="P95">See <paramref name="P50"/>.</param>
/// <param name="P99">See <paramref name="P50"/>.</param>
/// <param name="InFlight">Attempts in flight.</param>
/// <param name="Waiting">Requests waiting for a slot at a backend.</param>
internal sealed record TotalsView(double PerSecond, double ErrorsPerSecond, double P50, double P95, double P99, int InFlight, int Waiting);

/// <summary>The changing figures of a backend.</summary>
/// <param name="Id"><c>cluster/name</c>.</param>
/// <param name="State">As <c>GET /api/backends</c> has it.</param>
/// <param name="Weight">The weight in effect.</param>
/// <param name="InFlight">Attempts in flight.</param>
/// <param name="PerSecond">Attempts begun per second; mean of the last <see cref="BackendSeries.Smoothing"/> s.</param>
/// <param name="ErrorRate">Share of those that failed, 0 to 1.</param>
/// <param name="P50">Quantiles of the last minute's time to the response head, in milliseconds.</param>
/// <param name="P95">See <paramref name="P50"/>.</param>
/// <param name="P99">See <paramref name="P50"/>.</param>
/// <param name="Requests">Attempts since the start.</param>
/// <param name="Failures">Failed ones.</param>
/// <param name="Retries">Attempts that were retried.</param>
internal sealed record BackendFigures(
    string Id,
    BackendState State,
    int Weight,
    int InFlight,
    double PerSecond,
    double ErrorRate,
    double P50,
    double P95,
    double P99,
    long Requests,
    long Failures,
    long Retries);

/// <summary>A backend: its constant properties, its last five minutes and its current figures.</summary>
internal sealed record BackendDetail(
    string Cluster,
    string Name,
    string Address,
    int ConfiguredWeight,
    IReadOnlyList<HistoryBin> History,
    BackendFigures Now);

/// <summary>The complete state, sent when a stream begins and when backends are added or removed.</summary>
/// <param name="Instance">Identifies this run of the balancer; event ids start over in each run.</param>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Clusters">The clusters and their policies.</param>
/// <param name="Pending">The configuration that waits for its confirmation, if one does.</param>
/// <param name="Totals">The last five minutes, one entry per second, oldest first.</param>
/// <param name="Backends">The backends, grouped by cluster, in configured order.</param>
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

/// <summary>A cluster as the console shows it.</summary>
internal sealed record ClusterView(string Id, string Policy);

/// <summary>The changes of one second.</summary>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Pending">The configuration that waits for its confirmation, if one does.</param>
/// <param name="Totals">All requests of this second.</param>
/// <param name="Backends">The backends whose figures have changed.</param>
internal sealed record TickView(long Time, PendingCommit? Pending, TotalsView Totals, IReadOnlyList<BackendFigures> Backends);
