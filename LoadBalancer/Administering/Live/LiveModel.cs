using System.Globalization;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Administering.RunTime;
using AspireLB.LoadBalancer.Observing;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>
/// Provides the console's data by sampling existing counters once a second. Not thread-safe: <see cref="LiveStreams"/> serializes the calls.
/// </summary>
internal sealed class LiveModel(
    BackendDirectory directory,
    ClusterRegistry registry,
    IClusterOptionsSource options,
    ConfirmedCommit commit,
    RequestFeed feed,
    EventJournal journal,
    TimeProvider time)
{
    private readonly string _instance = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private readonly TotalsSeries _totals = new(feed, time);
    private Dictionary<Backend, BackendSeries> _series = [];
    private Origin[] _origins = [];
    private Backend[] _backends = [];
    private string[] _addresses = [];
    private ClusterView[] _clusters = [];
    private bool _followed;

    public string Instance => _instance;

    /// <summary>Samples everything; called once a second.</summary>
    /// <param name="watched">Whether any reader needs the changes.</param>
    /// <returns>The changes; null when backends were added, removed or moved, or a policy changed, so that readers need a new snapshot.</returns>
    public TickView? Sample(bool watched)
    {
        FollowBackends();
        var changed = _followed;
        _followed = false;
        foreach (var series in _series.Values)
        {
            series.Sample();
            series.RecordManualChanges(journal);
        }

        feed.MakeRoom();
        var totals = _totals.Sample(_backends.Sum(backend => backend.Attempts.InFlight), Waiting());
        return changed ? null : new(Now(), commit.Pending, totals, watched ? Changes() : []);
    }

    /// <summary>The current state, including changes since the last sample.</summary>
    /// <param name="lastEvent">The last event that the reader already has; 0: none.</param>
    public SnapshotView Snapshot(long lastEvent)
    {
        FollowBackends();
        return new(
            _instance,
            Now(),
            _clusters,
            commit.Pending,
            _totals.History,
            [.. _backends.Select(Detail)],
            journal.After(lastEvent),
            feed.After(0));
    }

    private BackendDetail Detail(Backend backend)
    {
        var series = _series[backend];
        series.Sent = series.Figures();
        return new(backend.ClusterId, backend.Name, backend.ShownAddress, backend.Share.ConfiguredWeight, series.History, series.Sent);
    }

    private List<BackendFigures> Changes()
    {
        var changes = new List<BackendFigures>();
        foreach (var series in _backends.Select(backend => _series[backend]))
        {
            var figures = series.Figures();
            if (figures == series.Sent)
                continue;
            series.Sent = figures;
            changes.Add(figures);
        }

        return changes;
    }

    // Readers that are already connected learn of new backends with the next sample.
    private void FollowBackends()
    {
        // YARP replaces a cluster's model after every change of the cluster or its backends, so comparing models saves looking up a thousand backends
        // each second.
        Origin[] origins = [.. directory.Clusters.Select(cluster => new Origin(cluster.State, cluster.State.Model, cluster.Options))];
        if (origins.SequenceEqual(_origins))
            return;

        _origins = origins;
        Backend[] backends = [.. directory.All];
        string[] addresses = [.. backends.Select(backend => backend.Address)];
        ClusterView[] clusters =
        [
            .. backends.Select(backend => backend.ClusterId).Distinct().Select(cluster => new ClusterView(cluster, options.For(cluster).Policy)),
        ];
        if (backends.SequenceEqual(_backends) && addresses.SequenceEqual(_addresses) && clusters.SequenceEqual(_clusters))
            return;

        _series = backends.ToDictionary(backend => backend, backend => _series.GetValueOrDefault(backend) ?? new BackendSeries(backend, time));
        (_backends, _addresses, _clusters, _followed) = (backends, addresses, clusters, true);
    }

    private int Waiting() => _clusters.Sum(cluster => registry.Find(cluster.Id)?.Slots.Waiting ?? 0);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly record struct Origin(ClusterState State, ClusterModel Model, ClusterOptions Options);
}
