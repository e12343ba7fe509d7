namespace AspireLB.Balancing.Forwarding.Connecting;

/// <content>What the idle connections show of how long the backend keeps them.</content>
internal sealed partial class ConnectionPool
{
    private readonly KeepAliveEvidence _evidence;

    /// <summary>The backend has closed a connection while it was idle, or just as it was used again.</summary>
    public void Closed(BackendConnection connection)
    {
        lock (_gate)
            _evidence.CountClosed(connection.Rested);
    }

    /// <summary>As the backend may see it: its last response may have lain here for a while before it was read, so what counts is when it was asked for.</summary>
    private TimeSpan MostIdle(BackendConnection connection, long now) => _time.GetElapsedTime(connection.TakenAt, now);

    private TimeSpan LeastIdle(BackendConnection connection, long now) => _time.GetElapsedTime(connection.IdleSince, now);

    /// <summary>
    /// Looks at the connection that has been idle for longest, to learn how long the backend keeps one, since the next one is not trusted. If that does not help,
    /// a new connection takes the place of the next one, so that the pool does not grow; only where that is the last one it stays, as what is learned from.
    /// </summary>
    /// <returns>Whether the next one is trusted now.</returns>
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
