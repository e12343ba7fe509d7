using System.Collections;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// AvailableBackends is an immutable list of the backends that a request may go to, in configured order. YARP's pipeline passes it on as the list of
/// destinations, so that a request finds its backends without a lookup.
/// </summary>
/// <param name="backends">The backends.</param>
/// <param name="cluster">Their cluster, so that a request finds it without a lookup; null where it is not needed.</param>
internal sealed class AvailableBackends(Backend[] backends, Cluster? cluster = null) : IReadOnlyList<DestinationState>
{
    private Backend[]? _schedule;

    public static AvailableBackends None { get; } = new([]);

    public Cluster? Cluster => cluster;

    public ReadOnlySpan<Backend> Backends => backends;

    public int Count => backends.Length;

    public DestinationState this[int index] => backends[index].Destination;

    /// <summary>The order in which weighted round robin visits the backends. Each backend occurs in proportion to its weight.</summary>
    public Backend[] Schedule => _schedule ??= WeightedSchedule.Build(backends, backend => backend.Share.PickingWeight);

    /// <summary>The backends that have not been tried yet.</summary>
    public AvailableBackends Except(ICollection<Backend> tried) => Where(backend => !tried.Contains(backend));

    /// <summary>The backends that match a predicate; this same list if all match.</summary>
    public AvailableBackends Where(Func<Backend, bool> predicate) => backends.All(predicate) ? this : new([.. backends.Where(predicate)], cluster);

    public IEnumerator<DestinationState> GetEnumerator() => backends.Select(backend => backend.Destination).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
