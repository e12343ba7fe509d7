using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Keeps the latest events, numbered. When the journal is full, the oldest event of the most frequent kind is removed: a thousand backends that
/// come up don't displace the one that went down.
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
    /// <param name="detail">The reason, or the new value.</param>
    /// <param name="at">When it happened; null: now.</param>
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
