using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.EventLoops.Listening;

/// <summary>EventLoopListener is a listening socket on an event loop. It assigns each connection to the loop with the fewest sockets.</summary>
internal sealed class EventLoopListener : IConnectionListener
{
    private readonly Channel<EventLoopConnection> _accepted = Channel.CreateUnbounded<EventLoopConnection>(
        new() { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly Socket _socket;
    private readonly Acceptor _acceptor;
    private readonly EventLoopGroup _loops;
    private readonly ParkingLot _lot;
    private readonly MemoryPool<byte> _memory;
    private readonly ConnectionSlots _slots;
    private readonly TimeProvider _time;

    /// <summary>The local address of every connection; null if the socket listens on all addresses, where each connection has its own.</summary>
    private readonly EndPoint? _commonLocal;

    public EventLoopListener(
        EndPoint endPoint,
        int backlog,
        EventLoopGroup loops,
        ConnectionSlots slots,
        MemoryPool<byte> memory,
        Func<Action<ClientSocket>, ParkingLot> createLot,
        ILogger logger,
        TimeProvider time)
    {
        _loops = loops;
        _slots = slots;
        _memory = memory;
        _time = time;
        _lot = createLot(OnResumed);
        _socket = Listen(endPoint, backlog);
        EndPoint = _socket.LocalEndPoint!;
        _commonLocal = EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? null
            : EndPoint;
        _acceptor = new(loops.LeastLoaded(), (int)_socket.Handle, OnAccepted, slots, logger, time);
        _acceptor.Start();
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _acceptor.Dispose();
        _socket.Dispose();
        _accepted.Writer.TryComplete();
        _lot.Dispose();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_accepted.Reader.TryRead(out var connection))
            await connection.DisposeAsync();
    }

    private static Socket Listen(EndPoint endPoint, int backlog)
    {
        // .NET makes a socket non-blocking in the kernel only when .NET itself watches it.
        var handle = Native.CreateStreamSocket(endPoint.AddressFamily);
        if (handle < 0)
            throw new SocketException(-handle);

        var socket = new Socket(new SafeSocketHandle(handle, ownsHandle: true));
        try
        {
            if (endPoint is IPEndPoint { Address: var address })
            {
                // Accepted connections inherit NoDelay from the listening socket.
                socket.NoDelay = true;
                if (address.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
            }

            socket.Bind(endPoint);
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(error.Message, error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void OnAccepted(int handle, IPEndPoint? remote)
    {
        var socket = new ClientSocket(_loops.LeastLoaded(), handle, remote, LocalOf(handle), _slots, _lot);
        var connection = new EventLoopConnection(socket, _memory, _time);
        if (!socket.TryWatch() || !_accepted.Writer.TryWrite(connection))
            _ = connection.DisposeAsync().AsTask();
    }

    /// <summary>Passes a socket that was parked to Kestrel as if it had just been accepted.</summary>
    private void OnResumed(ClientSocket socket)
    {
        var connection = new EventLoopConnection(socket, _memory, _time);
        if (!_accepted.Writer.TryWrite(connection))
            _ = connection.DisposeAsync().AsTask();
    }

    private EndPoint? LocalOf(int handle)
    {
        if (_commonLocal is not null)
            return _commonLocal;

        Span<byte> address = stackalloc byte[128];
        return SocketAddresses.Read(address[..Native.LocalAddress(handle, address)]);
    }
}
