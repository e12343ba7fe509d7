using System.Net;
using System.Threading.Tasks.Sources;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// EventLoopTransport is a plaintext connection over a socket that an event loop watches for data and for a close.
/// </summary>
internal sealed class EventLoopTransport : BackendTransport
{
    /// <summary>Number of receives in a row without a wait, after which other sockets get their turn.</summary>
    private const int MaxInARow = 16;

    private readonly EventLoopSocket _socket;
    private readonly Receiver _receiver;
    private readonly SendQueue _sending;
    private int? _idleSinceTurn;

    private EventLoopTransport(EventLoop loop, int handle)
    {
        _socket = new(loop, handle);
        _receiver = new(_socket);
        _sending = new(_socket);
    }

    public override bool HasData => _socket.HasInput;

    // The loop may learn of data late, while it serves other sockets, and an unsolicited response would be taken for the next one. Ask the kernel.
    public override bool IsQuiet => IsKnownQuiet || IsQuietNow;

    public override bool IsKnownQuiet => _idleSinceTurn is { } turn && _socket.WasQuietAfter(turn);

    public override bool IsQuietNow => !_socket.HasEnded && _socket.TryConfirmQuiet();

    public EventLoop Loop => _socket.Loop;

    /// <summary>
    /// Opens a connection to an IP address or a Unix domain socket. The transport is null if connecting fails, with the system's error number, or if
    /// the token is cancelled.
    /// </summary>
    public static async ValueTask<(EventLoopTransport? Transport, int Error)> ConnectAsync(
        EventLoop loop, EndPoint endPoint, CancellationToken cancellation)
    {
        var handle = Native.CreateStreamSocket(endPoint.AddressFamily);
        if (handle < 0)
            return (null, -handle);

        if (endPoint is IPEndPoint)
            Native.SetNoDelay(handle);
        var address = endPoint.Serialize();
        var result = Native.Connect(handle, address.Buffer.Span[..address.Size]);
        var transport = new EventLoopTransport(loop, handle);
        if (!transport._socket.TryWatch())
            result = -Native.BadHandle;
        if (result == -Native.InProgress)
            result = -await new Connecting(transport._socket).FinishAsync(cancellation);
        if (result == 0 && !cancellation.IsCancellationRequested)
            return (transport, 0);

        transport.Dispose();
        return (null, -result);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _receiver.ReceiveAsync(buffer);

    public override ValueTask WaitForDataAsync() => _receiver.WaitAsync();

    public override ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes) => _sending.SendBorrowedAsync(bytes);

    public override ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length) => _sending.SendAsync(new ArraySegment<byte>(buffer, 0, length));

    public override ValueTask<bool> SendAtOnceAsync(byte[] buffer, int length) => _sending.SendAtOnceAsync(new ArraySegment<byte>(buffer, 0, length));

    // On another thread the loop may already have polled in this turn.
    public override void Rest() => _idleSinceTurn = EventLoop.Current == Loop ? Loop.CurrentTurn : null;

    public override void Abort() => _socket.Abort();

    public override void Dispose()
    {
        _socket.Abort();
        _sending.Fail();
        _socket.Close();
    }

    private sealed class Receiver(EventLoopSocket socket) : IReadinessSink, IValueTaskSource<int>, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<int> _source;
        private Memory<byte> _buffer;
        private int _inARow;
        private bool _receives;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            _buffer = buffer;
            _receives = true;
            while (true)
            {
                if (socket.HasInput)
                {
                    if (++_inARow > MaxInARow)
                    {
                        socket.Loop.Redispatch(this);
                        return new(this, _source.Version);
                    }

                    if (TryReceive(out var result))
                        return new(result);
                }

                if (socket.TryWaitToReceive(this))
                    return new(this, _source.Version);
            }
        }

        public ValueTask WaitAsync()
        {
            _receives = false;
            return !socket.HasInput && socket.TryWaitToReceive(this) ? new(this, _source.Version) : default;
        }

        public void OnReady()
        {
            _inARow = 0;
            if (!_receives)
            {
                _source.SetResult(0);
                return;
            }

            do
            {
                if (TryReceive(out var result))
                {
                    _source.SetResult(result);
                    return;
                }
            }
            while (!socket.TryWaitToReceive(this));
        }

        int IValueTaskSource<int>.GetResult(short token) => GetResult(token);

        void IValueTaskSource.GetResult(short token) => GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        private int GetResult(short token)
        {
            var result = _source.GetResult(token);
            _source.Reset();
            return result;
        }

        private bool TryReceive(out int result)
        {
            result = socket.Receive(_buffer.Span);
            if (result == -Native.WouldBlock)
                return false;

            if (result < 0)
                result = Failed;
            return true;
        }
    }

    /// <summary>Connecting waits until a connection has been established or has failed.</summary>
    private sealed class Connecting(EventLoopSocket socket) : IReadinessSink
    {
        private readonly TaskCompletionSource _done = new();

        /// <summary>Returns 0, or the error that connecting failed with.</summary>
        public async ValueTask<int> FinishAsync(CancellationToken cancellation)
        {
            await using var registration = cancellation.UnsafeRegister(static state => ((EventLoopSocket)state!).Abort(), socket);
            if (socket.TryWaitForRoom(this))
                await _done.Task;
            return Native.PendingError(socket.Handle);
        }

        public void OnReady() => _done.SetResult();
    }
}
