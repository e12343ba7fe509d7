using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.Balancing.Routing;
using AspireLB.EventLoops.Sockets;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Health;

/// <summary>
/// HealthMonitor runs one probe loop for each backend of each cluster with probing enabled, and makes backends available or unavailable by the
/// results. It logs a change of state once.
/// </summary>
internal sealed partial class HealthMonitor(
    ClusterRegistry registry,
    IClusterOptionsSource options,
    Availability availability,
    PassiveHealth passive,
    SlowStart slowStart,
    ProbeClient client,
    TimeProvider time,
    IRandomSource random,
    ILogger<HealthMonitor> logger) : IClusterChangeListener, IDisposable
{
    private readonly ConcurrentDictionary<Backend, ProbeLoop> _loops = new();
    private readonly ConditionalWeakTable<Backend, string> _known = [];

    private volatile bool _firstProbesDone;

    /// <summary>Whether every backend present at the start has been probed once; a backend added later does not reset it.</summary>
    public bool FirstProbesDone =>
        _firstProbesDone || (_firstProbesDone = _loops.Keys.All(backend => backend.Health.Probed.Health != ProbedHealth.Unknown));

    public void OnClusterAdded(ClusterState cluster)
    {
        Reconcile(cluster);
        MarkNew(cluster);
    }

    public void OnClusterChanged(ClusterState cluster)
    {
        Reconcile(cluster);
        foreach (var added in MarkNew(cluster))
            slowStart.Begin(added);
    }

    public void OnClusterRemoved(ClusterState cluster)
    {
        foreach (var backend in _loops.Keys.Where(backend => IsProbing(cluster, backend)))
            StopLoop(backend);
    }

    /// <summary>Applies changed options: starts and stops probe loops, and refreshes the available backends.</summary>
    public void OnOptionsChanged()
    {
        foreach (var cluster in registry.States)
        {
            Reconcile(cluster);
            availability.Refresh(cluster.ClusterId);
        }
    }

    /// <summary>Probes the backend now instead of at the next interval, because proxied traffic met a failure.</summary>
    public void ProbeSoon(Backend backend)
    {
        if (_loops.TryGetValue(backend, out var loop))
            loop.ProbeSoon();
    }

    public void Dispose()
    {
        foreach (var loop in _loops.Values)
            loop.Stop();
    }

    /// <returns>The backends that are new or have a new address, probed or not.</returns>
    private List<Backend> MarkNew(ClusterState cluster)
    {
        var added = registry.BackendsOf(cluster)
            .Where(backend => !_known.TryGetValue(backend, out var address) || address != backend.Address)
            .ToList();
        foreach (var backend in added)
            _known.AddOrUpdate(backend, backend.Address);
        return added;
    }

    private void Reconcile(ClusterState cluster)
    {
        var wanted = options.For(cluster.ClusterId).Health.Active.Enabled ? registry.BackendsOf(cluster).ToHashSet() : [];
        var outdated = _loops
            .Where(loop => IsProbing(cluster, loop.Key) && !(wanted.Contains(loop.Key) && loop.Value.Address == loop.Key.Address))
            .ToList();
        foreach (var (backend, _) in outdated)
            StopLoop(backend);
        foreach (var backend in wanted.Where(backend => !_loops.ContainsKey(backend)))
            StartLoop(backend);

        // A backend whose verdict was reset may be used until the first probe of its new address fails.
        if (outdated.Count > 0)
            availability.Refresh(cluster.ClusterId);
    }

    private void StartLoop(Backend backend)
    {
        var loop = new ProbeLoop(backend, options, client, Report, time, random);
        _loops[backend] = loop;
        loop.Start();
    }

    private void StopLoop(Backend backend)
    {
        if (!_loops.TryRemove(backend, out var loop))
            return;
        loop.Stop();
        backend.Health.Probed = ProbeVerdict.Unknown;
    }

    private void Report(Backend backend, ProbeResult result)
    {
        var active = options.For(backend.ClusterId).Health.Active;
        var before = backend.Health.Probed;
        backend.Health.Probed = before.After(result.Succeeded, active.Rise, active.Fall);
        if (backend.Health.Probed.Health == before.Health)
            return;

        // Don't hold up the event loop, which has requests to serve.
        if (EventLoop.Current is null)
            Apply(backend, before, result);
        else
            _ = Task.Run(() => Apply(backend, before, result));
    }

    private void Apply(Backend backend, ProbeVerdict before, ProbeResult result)
    {
        if (before.Health == ProbedHealth.Unhealthy)
            MarkRecovered(backend);
        availability.Refresh(backend.ClusterId);
        if (result.Succeeded)
            Log.Up(logger, backend.Name, backend.ShownAddress, backend.ClusterId);
        else
            Log.Down(logger, backend.Name, backend.ShownAddress, backend.ClusterId, result.Reason);
    }

    // What traffic saw before the outage says nothing about a backend that has recovered.
    private void MarkRecovered(Backend backend)
    {
        passive.Reset(backend);
        slowStart.Begin(backend);
    }

    private static bool IsProbing(ClusterState cluster, Backend backend) =>
        backend.ClusterId.Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Backend {Backend} ({Address}) of {Cluster} is up", EventName = "BackendUp")]
        public static partial void Up(ILogger logger, string backend, string address, string cluster);

        [LoggerMessage(11, LogLevel.Warning, "Backend {Backend} ({Address}) of {Cluster} is down: {Reason}", EventName = "BackendDown")]
        public static partial void Down(ILogger logger, string backend, string address, string cluster, string reason);
    }
}
