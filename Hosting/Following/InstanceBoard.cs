using Aspire.Hosting.ApplicationModel;
using AspireLB.Hosting.Model;

namespace AspireLB.Hosting.Following;

/// <summary>The latest news of every instance of the balanced resources, and of the balancer itself.</summary>
internal sealed class InstanceBoard(LoadBalancerResource balancer)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, CustomResourceSnapshot>> _snapshots = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private DateTime? _balancerStart;

    /// <summary>Since when the balancer's own process or container has been running; null: it is not running.</summary>
    public DateTime? BalancerStart
    {
        get
        {
            lock (_lock)
                return _balancerStart;
        }
    }

    /// <summary>Completes with the next news.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    /// <returns>Whether the news concerns this balancer.</returns>
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
                Note(name, change.ResourceId, change.Snapshot);
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
        }

        return true;
    }

    /// <summary>The known instances of a resource; the same order every time.</summary>
    public IReadOnlyList<BackendInstance> InstancesOf(BalancedBackend backend)
    {
        lock (_lock)
        {
            return _snapshots.TryGetValue(backend.Resource.Name, out var snapshots)
                ? [.. snapshots.Select(entry => BackendInstance.Of(backend, entry.Key, entry.Value))]
                : [];
        }
    }

    /// <summary>Whether each instance of each resource has come or ended.</summary>
    public bool IsSettled => balancer.Clusters.Backends.All(entry =>
        InstancesOf(entry.Backend) is var instances
        && instances.Count >= entry.Backend.Resource.GetReplicaCount()
        && instances.All(instance => instance.Phase != BackendPhase.Coming));

    // Before it knows its instances, Aspire tells of a resource by its plain name.
    private void Note(string name, string id, CustomResourceSnapshot snapshot)
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
