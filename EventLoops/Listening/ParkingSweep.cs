using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>ParkingSweep checks the connections of one event loop, on its thread, and parks those that have been quiet for long enough.</summary>
internal sealed class ParkingSweep(EventLoop loop, ParkingLot lot) : IReadinessSink
{
    /// <summary>
    /// Connections parked in one turn. Each takes Kestrel a few microseconds, and the loop's other sockets must not wait for thousands.
    /// </summary>
    private const int MaxParkedPerTurn = 32;
    private const int MaxCheckedPerTurn = 4096;

    private int _isRunning;
    private int _next;

    /// <summary>Starts a sweep, unless the previous one is still running.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
            loop.Redispatch(this);
    }

    public void OnReady()
    {
        var hasMore = false;
        try
        {
            hasMore = SweepSome();
        }
        finally
        {
            if (hasMore)
            {
                loop.Redispatch(this);
            }
            else
            {
                _next = 0;
                Volatile.Write(ref _isRunning, 0);
            }
        }
    }

    /// <summary>Checks one turn's share of the connections.</summary>
    /// <returns>True if there are more.</returns>
    private bool SweepSome()
    {
        var parked = 0;
        for (var until = _next + MaxCheckedPerTurn; _next < loop.HandleLimit;)
        {
            if (parked == MaxParkedPerTurn || _next == until)
                return true;
            if (loop.Watched(_next++) is ClientSocket { Connection: { } connection } socket && socket.Lot == lot && connection.TryPark())
                parked++;
        }

        return false;
    }
}
