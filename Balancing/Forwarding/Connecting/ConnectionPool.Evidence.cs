namespace AspireLB.Balancing.Forwarding.Connecting;

/// <content>Learns from the idle connections how long the backend keeps them.</content>
internal sealed partial class ConnectionPool
{
    private readonly KeepAliveEvidence _evidence;

    /// <summary>Records that the backend closed a connection while it was idle, or just as it was reused.</summary>
    public void Closed(BackendConnection connection)
    {
        lock (_gate)
            _evidence.CountClosed(connection.Rested);
    }

    /// <summary>
    /// Upper bound of the idle time as the backend sees it. Its last response may have waited here before it was read, so the time counts from the
    /// request.
    /// </summary>
    private TimeSpan MostIdle(BackendConnection connection, long now) => _time.GetElapsedTime(connection.TakenAt, now);

    private TimeSpan LeastIdle(BackendConnection connection, long now) => _time.GetElapsedTime(connection.IdleSince, now);

    /// <summary>
    /// Inspects the connection that has been idle for longest, to learn how long the backend keeps one, because the next one is not trusted. If that
    /// does not help, the next one is closed, so that the pool does not grow when a new one is opened. The last idle connection is kept to learn
    /// from, unless the number of connections is limited.
    /// </summary>
    /// <returns>Whether the next connection is trusted now.</returns>
    private bool TryCollectEvidence()
    {
        InspectOldest();
        var now = _time.GetTimestamp();
        BackendConnection next;
        lock (_gate)
        {
            if (_idle.Count == 0)
                return false;

            next = _idle[^1];
            if (_evidence.Trusts(MostIdle(next, now)))
                return true;

            if (_idle.Count == 1 && _maxOpen == 0)
                return false;

            _idle.RemoveAt(_idle.Count - 1);
        }

        Discard(next);
        return false;
    }

    private void InspectOldest()
    {
        while (true)
        {
            var now = _time.GetTimestamp();
            BackendConnection oldest;
            lock (_gate)
            {
                if (_idle.Count == 0)
                    return;

                oldest = _idle[0];
                if (oldest.IsUsable)
                {
                    _evidence.CountKept(LeastIdle(oldest, now));
                    return;
                }

                _idle.RemoveAt(0);
                _evidence.CountClosed(MostIdle(oldest, now));
            }

            Discard(oldest);
        }
    }
}
