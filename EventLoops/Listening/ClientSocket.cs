using System.Net;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>ClientSocket is a client's socket. It outlives the connection that Kestrel sees: a parked socket has no such connection.</summary>
internal sealed class ClientSocket(EventLoop loop, int handle, EndPoint? remote, EndPoint? local, ConnectionSlots slots, ParkingLot lot)
    : EventLoopSocket(loop, handle), IReadinessSink
{
    public EndPoint? Remote => remote;

    public EndPoint? Local => local;

    public ParkingLot Lot => lot;

    /// <summary>Kestrel's connection over this socket; null while the socket is parked.</summary>
    public EventLoopConnection? Connection { get; set; }

    /// <summary>Consecutive sweeps that must find the connection quiet before it is parked.</summary>
    public int RequiredQuietSweeps { get; set; } = lot.Settings.QuietSweeps;

    /// <summary>The socket's node in the parking lot's list; null unless it is parked.</summary>
    public LinkedListNode<ClientSocket>? ParkedNode { get; set; }

    /// <summary>The clock's timestamp at which the parked socket is closed.</summary>
    public long Deadline { get; set; }

    /// <summary>Runs when a parked socket has input: the next request, or the end of the stream.</summary>
    public void OnReady()
    {
        // A sweep may be closing the socket at the same time: only the thread that takes it out of the lot may act on it.
        if (!lot.TryTake(this))
            return;

        if (Native.Peek(Handle) is 1 or -Native.WouldBlock)
            lot.Resume(this);
        else
            End();
    }

    /// <summary>Closes a socket that has no connection.</summary>
    public void End()
    {
        Abort();
        Close();
    }

    protected override void OnEnded() => Connection?.OnEnded();

    protected override void OnClosed() => slots.Release();
}
