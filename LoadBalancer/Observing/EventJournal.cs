using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// The last events, numbered. Where there is no room the oldest goes of the kind of which there are most: a thousand backends that come up don't push out
/// the one that went down.
/// </summary>
internal sealed class EventJournal(TimeProvider time)
{
    public const int Capacity = 200;
    private const int LongestDetail = 500;

    private readonly List<BalancerEvent> _events = [];
    private long _lastId;

    /// <param name="kind">One of <see cref="EventKinds"/>.</param>
    /// <param name="cluster">The backend's cluster.</param>
    /// <param name="backend">The backend's name.</param>
    /// <param name="detail">Why, or to what.</param>
    /// <param name="at">When it happened, if that was not now.</param>
    public void Add(string kind, string? cluster = null, string? backend = null, string? detail = null, DateTimeOffset? at = null)
    {
        var cut = detail is null ? null : FinishedRequest.Cut(detail, LongestDetail);
        lock (_events)
        {
            if (_events.Count == Capacity)
                _events.Remove(_events.GroupBy(entry => entry.Kind).MaxBy(entries => entries.Count())!.First());
            _events.Add(new(++_lastId, (at ?? time.GetUtcNow()).ToUnixTimeMilliseconds(), kind, cluster, backend, cut));
        }
    }

    /// <summary>Events after this id, oldest first.</summary>
    public BalancerEvent[] After(long id)
    {
        lock (_events)
            return [.. _events.Where(entry => entry.Id > id)];
    }
}
