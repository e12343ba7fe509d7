using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>A look at every connection of one event loop, on its thread: those that have been quiet for long enough are parked.</summary>
internal sealed class ParkingSweep(EventLoop loop, ParkingLot lot) : IReadinessSink
{
    /// <summary>Kestrel's end of a connection takes some microseconds; others on the loop must not wait for thousands.</summary>
    private const int MostParked = 32;
    private const int MostLookedAt = 4096;

    private int _isUnderWay;
    private int _next;

    /// <summary>Does nothing while the last one is still under way.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _isUnderWay, 1) == 0)
            loop.Redispatch(this);
    }

    public void OnReady()
    {
        var goesOn = false;
        try
        {
            goesOn = SweepSome();
        }
        finally
        {
            if (goesOn)
            {
                loop.Redispatch(this);
            }
            else
            {
                _next = 0;
                Volatile.Write(ref _isUnderWay, 0);
            }
        }
    }

    /// <summary>True when there are more.</summary>
    private bool SweepSome()
    {
        var parked = 0;
        for (var until = _next + MostLookedAt; _next < loop.HandleLimit;)
        {
            if (parked == MostParked || _next == until)
                return true;
            if (loop.Watched(_next++) is ClientSocket { Connection: { } connection } socket && socket.Lot == lot && connection.TryPark())
                parked++;
        }

        return false;
    }
}
