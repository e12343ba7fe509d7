using System.Collections.Concurrent;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Routing;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Health;

/// <summary>
/// Keeps one probe loop for each backend of each cluster that has probing on, and turns their results into what requests may use. A change
/// of state is logged once.
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

    /// <summary>Whether every backend that is probed has been probed once.</summary>
    public bool FirstProbesDone => _loops.Keys.All(backend => backend.Probed.Health != ProbedHealth.Unknown);

    public void OnClusterAdded(ClusterState cluster) => Reconcile(cluster);

    public void OnClusterChanged(ClusterState cluster)
    {
        foreach (var added in Reconcile(cluster))
            slowStart.Begin(added);
    }

    public void OnClusterRemoved(ClusterState cluster)
    {
        foreach (var backend in _loops.Keys.Where(backend => IsOf(cluster, backend)))
            StopLoop(backend);
    }

    /// <summary>Proxied traffic met a failure: looks at the backend now instead of at the next interval.</summary>
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

    private List<Backend> Reconcile(ClusterState cluster)
    {
        var wanted = options.For(cluster.ClusterId).Health.Active.Enabled ? registry.BackendsOf(cluster).ToHashSet() : [];
        foreach (var backend in _loops.Keys.Where(backend => IsOf(cluster, backend) && !wanted.Contains(backend)))
            StopLoop(backend);
        return [.. wanted.Where(EnsureLoop)];
    }

    /// <returns>Whether the backend is new, or new at its address.</returns>
    private bool EnsureLoop(Backend backend)
    {
        if (_loops.TryGetValue(backend, out var running))
        {
            if (running.Address == backend.Address)
                return false;
            StopLoop(backend);
        }

        var loop = new ProbeLoop(backend, options, client, Report, time, random);
        _loops[backend] = loop;
        loop.Start();
        return true;
    }

    private void StopLoop(Backend backend)
    {
        if (!_loops.TryRemove(backend, out var loop))
            return;
        loop.Stop();
        backend.Probed = ProbeVerdict.Unknown;
    }

    private void Report(Backend backend, ProbeResult result)
    {
        var active = options.For(backend.ClusterId).Health.Active;
        var before = backend.Probed;
        backend.Probed = before.After(result.Succeeded, active.Rise, active.Fall);
        if (backend.Probed.Health == before.Health)
            return;

        if (result.Succeeded)
            ComesUp(backend, wasDown: before.Health == ProbedHealth.Unhealthy);
        else
            Log.Down(logger, backend.Name, backend.Address, backend.ClusterId, result.Reason);
        availability.Refresh(backend.ClusterId);
    }

    // What traffic saw before the outage says nothing about a backend that has come back from it.
    private void ComesUp(Backend backend, bool wasDown)
    {
        Log.Up(logger, backend.Name, backend.Address, backend.ClusterId);
        if (!wasDown)
            return;

        passive.Forgive(backend);
        slowStart.Begin(backend);
    }

    private static bool IsOf(ClusterState cluster, Backend backend) => backend.ClusterId.Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Backend {Backend} ({Address}) of {Cluster} is up", EventName = "BackendUp")]
        public static partial void Up(ILogger logger, string backend, string address, string cluster);

        [LoggerMessage(11, LogLevel.Warning, "Backend {Backend} ({Address}) of {Cluster} is down: {Reason}", EventName = "BackendDown")]
        public static partial void Down(ILogger logger, string backend, string address, string cluster, string reason);
    }
}
