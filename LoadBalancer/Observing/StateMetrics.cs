using System.Diagnostics.Metrics;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.EventLoops.Listening;
using Yarp.ReverseProxy;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Publishes existing state of clusters and backends as metrics. It is read only on collection, so requests cost nothing extra.</summary>
internal sealed class StateMetrics(IMeterFactory meters, IProxyStateLookup proxy, ClusterRegistry registry, ConnectionSlots slots) : IHostedService
{
    private static readonly (BackendState State, string Name)[] States =
        [.. Enum.GetValues<BackendState>().Select(state => (state, state.ToString().ToLowerInvariant()))];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(TelemetryNames.Source);
        Instruments.Attempts.Observe(meter, () => Clusters.SelectMany(cluster => registry.BackendsOf(cluster.State)).SelectMany(OutcomesOf));
        Instruments.Picks.Observe(meter, () => Backends((cluster, backend) =>
            new(backend.Attempts.Begun, [.. backend.Tags, new(TelemetryNames.PolicyTag, cluster.Options.Policy)])));
        Instruments.Failures.Observe(meter, () => Backends(backend => backend.Attempts.Failed));
        Instruments.Ejections.Observe(meter, () => Backends(backend => backend.Health.Ejections));
        Instruments.BackendWeight.Observe(meter, () => Backends(backend => backend.EffectiveWeight));
        Instruments.InFlight.Observe(meter, () => Backends(backend => backend.Attempts.InFlight));
        Instruments.BackendState.Observe(meter, () => Clusters.SelectMany(cluster => registry.BackendsOf(cluster.State)).SelectMany(StatesOf));
        Instruments.Available.Observe(meter, () => Each(cluster => cluster.Available.Count));
        Instruments.QueueLength.Observe(meter, () => Each(cluster => cluster.Slots.Waiting));
        Instruments.RetryBudget.Observe(meter, () => Each(cluster => Math.Max(0, cluster.Budget.Remaining(cluster.Options.Retry))));
        Instruments.ConnectionsOpen.Observe(meter, () => Pools(pool => pool.Open));
        Instruments.ConnectionsIdle.Observe(meter, () => Pools(pool => pool.Idle));
        Instruments.ConnectionsCreated.Observe(meter, () => Pools(pool => pool.Created));
        Instruments.ConnectionsClients.Observe(meter, () => [new(slots.InUse)]);
        Instruments.ConnectionsLimit.Observe(meter, () => [new(slots.Limit)]);
        Instruments.ConnectionsPauses.Observe(meter, () => [new(slots.Pauses)]);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Cluster> Clusters => proxy.GetClusters().Select(registry.Get);

    private static IEnumerable<Measurement<double>> StatesOf(Backend backend)
    {
        var current = backend.State;
        return States.Select(state =>
            new Measurement<double>(state.State == current ? 1 : 0, [.. backend.Tags, new(TelemetryNames.StateTag, state.Name)]));
    }

    private static IEnumerable<Measurement<double>> OutcomesOf(Backend backend) =>
        backend.Attempts.Outcomes.Snapshot.Select(seen =>
            new Measurement<double>(seen.Count, [.. backend.Tags, new(TelemetryNames.OutcomeTag, seen.Outcome)]));

    private IEnumerable<Measurement<double>> Each(Func<Cluster, double> value) =>
        Clusters.Select(cluster =>
            new Measurement<double>(value(cluster), new KeyValuePair<string, object?>(TelemetryNames.ClusterTag, cluster.Id)));

    private IEnumerable<Measurement<double>> Backends(Func<Backend, double> value) => Backends((_, backend) => new(value(backend), backend.Tags));

    private IEnumerable<Measurement<double>> Backends(Func<Cluster, Backend, Measurement<double>> measure) =>
        Clusters.SelectMany(cluster => registry.BackendsOf(cluster.State).Select(backend => measure(cluster, backend)));

    // Only AspireLB's own data path has pools. A cluster served by YARP's forwarder appears in the meters of System.Net.Http instead.
    private IEnumerable<Measurement<double>> Pools(Func<PoolFigures, double> value) =>
        from cluster in Clusters
        let figures = (cluster.State.Model.HttpClient as Http1Client)?.Figures.ToDictionary() ?? []
        from backend in registry.BackendsOf(cluster.State)
        select new Measurement<double>(value(figures.GetValueOrDefault(backend.Address)), backend.Tags);
}
