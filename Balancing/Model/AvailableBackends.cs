using System.Collections;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// AvailableBackends is an immutable list of the backends that a request may go to, in configured order. YARP's pipeline passes it on as the list of
/// destinations, so that a request finds its backends without a lookup.
/// </summary>
public sealed class AvailableBackends : IReadOnlyList<DestinationState>
{
    private readonly Backend[] _backends;
    private Backend[]? _schedule;
    private Cluster? _cluster;

    /// <param name="backends">The backends.</param>
    /// <param name="cluster">Their cluster, so that a request finds it without a look-up; null where it is not known yet.</param>
    internal AvailableBackends(Backend[] backends, Cluster? cluster = null) => (_backends, _cluster) = (backends, cluster);

    /// <summary>The backends in configured order. When a policy is asked, there is at least one.</summary>
    public ReadOnlySpan<Backend> Backends => _backends;

    /// <summary>
    /// The order in which weighted round robin visits the backends: each occurs as often as its <see cref="Backend.PickingWeight"/> says, spread
    /// evenly.
    /// </summary>
    public ReadOnlySpan<Backend> Schedule => _schedule ??= WeightedSchedule.Build(_backends, backend => backend.Share.PickingWeight);

    /// <summary>The cluster of the backends. Known whenever a policy is asked.</summary>
    public Cluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is not known yet.");

    internal static AvailableBackends None { get; } = new([]);

    internal Cluster? KnownCluster => _cluster;

    internal int Count => _backends.Length;

    int IReadOnlyCollection<DestinationState>.Count => _backends.Length;

    DestinationState IReadOnlyList<DestinationState>.this[int index] => _backends[index].Destination;

    /// <summary>The same without those already tried.</summary>
    internal AvailableBackends Except(ICollection<Backend> tried) => Where(backend => !tried.Contains(backend));

    /// <summary>Those of which something is true; this very list if it is true of all.</summary>
    internal AvailableBackends Where(Func<Backend, bool> predicate) =>
        _backends.All(predicate) ? this : new([.. _backends.Where(predicate)], _cluster);

    /// <summary>Tells the list its cluster; YARP asks for the first list of a cluster before the cluster is registered.</summary>
    internal void SetCluster(Cluster cluster) => _cluster ??= cluster;

    IEnumerator<DestinationState> IEnumerable<DestinationState>.GetEnumerator() => _backends.Select(backend => backend.Destination).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<DestinationState>)this).GetEnumerator();
}
