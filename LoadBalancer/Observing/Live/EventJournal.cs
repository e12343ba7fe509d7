namespace AspireLB.LoadBalancer.Observing.Live;

/// <summary>The last events, numbered.</summary>
internal sealed class EventJournal(TimeProvider time)
{
    public const int Capacity = 200;
    private const int LongestDetail = 500;

    private readonly Ring<BalancerEvent> _events = new(Capacity);
    private long _lastId;

    public void Add(string kind, string? cluster = null, string? backend = null, string? detail = null)
    {
        var cut = detail is null ? null : FinishedRequest.Cut(detail, LongestDetail);
        lock (_events)
            _events.Add(new(++_lastId, time.GetUtcNow().ToUnixTimeMilliseconds(), kind, cluster, backend, cut));
    }

    /// <summary>Events after this id, oldest first.</summary>
    public BalancerEvent[] After(long id)
    {
        lock (_events)
            return [.. _events.ToArray().Where(entry => entry.Id > id)];
    }
}
