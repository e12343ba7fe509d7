using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Model;

namespace AspireLB.Hosting.Following;

/// <summary>Holds the latest snapshot of every instance of the balanced resources, and the balancer's own start time.</summary>
internal sealed class InstanceBoard(LoadBalancerResource balancer)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, CustomResourceSnapshot>> _snapshots = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private DateTime? _balancerStart;

    /// <summary>When the balancer's process or container started; null if it is not running.</summary>
    public DateTime? BalancerStart
    {
        get
        {
            lock (_lock)
                return _balancerStart;
        }
    }

    /// <summary>Completes at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <returns>Whether the change concerns this balancer.</returns>
    public bool Take(ResourceEvent change)
    {
        var name = change.Resource.Name;
        var isBalancer = name == balancer.Name;
        if (!isBalancer && !balancer.Clusters.Backends.Any(entry => entry.Backend.Resource.Name == name))
            return false;

        lock (_lock)
        {
            if (isBalancer)
                _balancerStart = IsRunning(change.Snapshot) ? change.Snapshot.StartTimeStamp ?? DateTime.MinValue : null;
            else
                Record(name, change.ResourceId, change.Snapshot);
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
        }

        return true;
    }

    /// <summary>The known instances of a resource, always in the same order.</summary>
    public IReadOnlyList<BackendInstance> InstancesOf(BalancedBackend backend)
    {
        lock (_lock)
        {
            return _snapshots.TryGetValue(backend.Resource.Name, out var snapshots)
                ? [.. snapshots.Select(entry => BackendInstance.Of(backend, entry.Key, entry.Value))]
                : [];
        }
    }

    /// <summary>Whether all instances of all resources are known, and each has started or ended.</summary>
    public bool IsSettled => balancer.Clusters.Backends.All(entry =>
        InstancesOf(entry.Backend) is var instances
        && instances.Count >= entry.Backend.Resource.GetReplicaCount()
        && instances.All(instance => instance.Phase != BackendPhase.Coming));

    // Until Aspire knows a resource's instances, it reports the resource under its plain name.
    private void Record(string name, string id, CustomResourceSnapshot snapshot)
    {
        if (!_snapshots.TryGetValue(name, out var snapshots))
            _snapshots[name] = snapshots = new(StringComparer.Ordinal);
        if (id != name)
            snapshots.Remove(name);
        else if (snapshots.Keys.Any(known => known != name))
            return;
        snapshots[id] = snapshot;
    }

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
