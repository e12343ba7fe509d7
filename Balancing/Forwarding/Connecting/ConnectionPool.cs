using System.Net;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>PoolFigures are the figures of a pool, for metrics.</summary>
internal readonly record struct PoolFigures(int Open, int Idle, long Created);

/// <summary>
/// ConnectionPool holds the connections to one backend. The most recently used one is reused first, so that few stay warm and the others expire. It
/// hands out a connection only if nothing has arrived on it since its last response.
/// </summary>
internal sealed partial class ConnectionPool : IDisposable
{
    /// <summary>Number of idle connections inspected to find one that is known to be quiet.</summary>
    private const int MaxInspected = 8;

    private readonly Connector _connector;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<BackendConnection> _idle = [];
    private readonly Queue<TaskCompletionSource<BackendConnection?>> _waiting = new();
    private readonly int _maxOpen;
    private EndPoint[]? _retiringAllBut;
    private int _open;
    private long _created;
    private bool _isClosed;

    /// <param name="connector">Opens the connections.</param>
    /// <param name="addresses">Reports changes of the backend's addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxOpen">The most connections at a time, further requests wait; 0: no limit.</param>
    public ConnectionPool(Connector connector, AddressBook addresses, TimeProvider time, int maxOpen)
    {
        _connector = connector;
        _time = time;
        _maxOpen = maxOpen;
        _evidence = new(time);
        addresses.Changed = Retire;
    }

    /// <summary>
    /// How long an unused connection is kept. Of the common servers with shorter keep-alive times only Node announces its own (5 s).
    /// </summary>
    public static TimeSpan IdleLifetime { get; } = TimeSpan.FromSeconds(90);

    public PoolFigures Figures
    {
        get
        {
            lock (_gate)
                return new(_open, _idle.Count, _created);
        }
    }

    /// <summary>Takes an idle connection that is open as far as is known; null if there is none.</summary>
    /// <param name="isOnceOnly">Whether the request could not be retried if the backend closed the connection at this moment.</param>
    public BackendConnection? TryTake(bool isOnceOnly = false)
    {
        while (true)
        {
            var now = _time.GetTimestamp();
            BackendConnection? connection = null;
            lock (_gate)
            {
                if (_idle.Count == 0)
                    return null;

                if (!isOnceOnly || _evidence.Trusts(MostIdle(_idle[^1], now)))
                {
                    var index = isOnceOnly ? _idle.Count - 1 : LastQuiet();
                    connection = _idle[index];
                    _idle.RemoveAt(index);
                }
            }

            if (connection is null)
            {
                if (TryCollectEvidence())
                    continue;
                return null;
            }

            connection.Deadline.Clear();
            if (connection.Deadline.HasPassed)
            {
                Discard(connection);
                continue;
            }

            connection.Rested = MostIdle(connection, now);
            if (connection.IsUsable)
            {
                connection.TakenAt = now;
                return connection;
            }

            Closed(connection);
            Discard(connection);
        }
    }

    /// <summary>Opens a connection, or waits for one if the limit is reached. If the connection is null, the failure tells why.</summary>
    public async ValueTask<(BackendConnection? Connection, AttemptFailure Failure)> OpenAsync(TimeSpan timeout, CancellationToken clientGone)
    {
        if (!TryReserve(out var turn))
        {
            var handed = await WaitAsync(turn, timeout, clientGone);
            if (handed is not null)
                return (handed, AttemptFailure.None);
            if (!turn.Task.IsCompletedSuccessfully)
                return (null, clientGone.IsCancellationRequested ? AttemptFailure.Client : AttemptFailure.Timeout);
        }

        var connected = await _connector.ConnectAsync(timeout, clientGone);
        if (connected.Transport is null)
        {
            ReleaseReservation();
            return (null, connected.Failure);
        }

        Interlocked.Increment(ref _created);
        return (new(connected.Transport, connected.EndPoint, _time) { TakenAt = _time.GetTimestamp() }, AttemptFailure.None);
    }

    /// <summary>Returns a connection that can carry another request.</summary>
    public void Return(BackendConnection connection, TimeSpan idleLifetime)
    {
        connection.ReturnBuffer();
        connection.Transport.Rest();
        connection.Deadline.Set(idleLifetime);
        connection.IdleSince = _time.GetTimestamp();
        connection.Expired ??= Expire;
        TaskCompletionSource<BackendConnection?>? waiter;
        lock (_gate)
        {
            if (!_isClosed && IsCurrent(connection))
            {
                do
                {
                    if (!_waiting.TryDequeue(out waiter))
                    {
                        _idle.Add(connection);
                        return;
                    }
                }
                while (!waiter.TrySetResult(connection));
                connection.Deadline.Clear();
                return;
            }
        }

        Discard(connection);
    }

    /// <summary>Closes a connection that cannot carry another request.</summary>
    public void Discard(BackendConnection connection)
    {
        connection.Dispose();
        ReleaseReservation();
    }

    /// <summary>Closes the idle connections now, and the others when they are returned.</summary>
    public void Dispose()
    {
        BackendConnection[] idle;
        lock (_gate)
        {
            _isClosed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var connection in idle)
            Discard(connection);
    }

    /// <summary>
    /// Index of the most recently used connection that is known to be quiet; without one the last index, which needs a system call to check.
    /// </summary>
    private int LastQuiet()
    {
        var last = _idle.Count - 1;
        for (var i = last; i >= 0 && i > last - MaxInspected; i--)
        {
            if (_idle[i].Transport.IsKnownQuiet)
                return i;
        }

        return last;
    }

    private void Expire(BackendConnection connection)
    {
        lock (_gate)
        {
            if (!_idle.Remove(connection))
                return;
        }

        Discard(connection);
    }

    private bool IsCurrent(BackendConnection connection) =>
        _retiringAllBut is null || connection.EndPoint is null || _retiringAllBut.Contains(connection.EndPoint);

    private void Retire(EndPoint[] current)
    {
        BackendConnection[] former;
        lock (_gate)
        {
            _retiringAllBut = current;
            former = [.. _idle.Where(connection => !IsCurrent(connection))];
            foreach (var connection in former)
                _idle.Remove(connection);
        }

        foreach (var connection in former)
            Discard(connection);
    }
}
