using System.Net;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>A client's socket. It outlives the connection that Kestrel sees: while it is parked there is none.</summary>
internal sealed class ClientSocket(EventLoop loop, int handle, EndPoint? remote, EndPoint? local, ConnectionSlots places, ParkingLot lot) : EventLoopSocket(loop, handle), IReadinessSink
{
    public EndPoint? Remote => remote;

    public EndPoint? Local => local;

    public ParkingLot Lot => lot;

    /// <summary>None while the socket is parked.</summary>
    public EventLoopConnection? Connection { get; set; }

    /// <summary>Looks in a row that must find the connection quiet before it is parked.</summary>
    public int Patience { get; set; } = lot.Settings.QuietSweeps;

    /// <summary>In the lot, while parked.</summary>
    public LinkedListNode<ClientSocket>? Place { get; set; }

    /// <summary>When a parked one is closed, by the clock's timestamps.</summary>
    public long Deadline { get; set; }

    /// <summary>Something has come while parked: a request, or the end.</summary>
    public void OnReady()
    {
        // Whoever takes it out of the lot deals with it; it may just be closed.
        if (!lot.TryTake(this))
            return;

        if (Native.Peek(Handle) is 1 or -Native.WouldBlock)
            lot.Resume(this);
        else
            End();
    }

    /// <summary>Closes a socket that is no connection's.</summary>
    public void End()
    {
        Abort();
        Close();
    }

    protected override void OnEnded() => Connection?.OnEnded();

    protected override void OnClosed() => places.Release();
}
