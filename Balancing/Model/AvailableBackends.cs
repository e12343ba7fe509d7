using System.Collections;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Model;

/// <summary>
/// The backends that a request may go to, in configured order; immutable. It is also the list of destinations that YARP's pipeline passes
/// on, so that a request finds its backends without a look-up.
/// </summary>
/// <param name="backends">The backends.</param>
/// <param name="cluster">Their cluster, so that a request finds it without a look-up; null where nobody asks.</param>
internal sealed class AvailableBackends(Backend[] backends, Cluster? cluster = null) : IReadOnlyList<DestinationState>
{
    private Backend[]? _schedule;

    public static AvailableBackends None { get; } = new([]);

    public Cluster? Cluster => cluster;

    public ReadOnlySpan<Backend> Backends => backends;

    public int Count => backends.Length;

    public DestinationState this[int index] => backends[index].Destination;

    /// <summary>The order in which weighted round robin visits the backends; each occurs as often as its weight says.</summary>
    public Backend[] Schedule => _schedule ??= WeightedSchedule.Build(backends, backend => backend.Share.PickingWeight);

    /// <summary>The same without those already tried.</summary>
    public AvailableBackends Except(ICollection<Backend> tried) => Where(backend => !tried.Contains(backend));

    /// <summary>Those of which something is true; this very list if it is true of all.</summary>
    public AvailableBackends Where(Func<Backend, bool> predicate) => backends.All(predicate) ? this : new([.. backends.Where(predicate)], cluster);

    public IEnumerator<DestinationState> GetEnumerator() => backends.Select(backend => backend.Destination).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
