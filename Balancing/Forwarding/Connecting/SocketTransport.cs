using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>SocketTransport is a plaintext connection over .NET's sockets.</summary>
internal sealed class SocketTransport(Socket socket) : BackendTransport
{
    private readonly Operation _receive = new();
    private readonly Operation _send = new();

    public override bool WaitsWithoutBuffer => false;

    public override bool HasData
    {
        get
        {
            try
            {
                return socket.Available > 0;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    public override bool IsQuiet
    {
        get
        {
            try
            {
                return !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Connects to an IP address or a Unix domain socket. The socket is null if connecting fails or the token is cancelled.</summary>
    public static async ValueTask<(Socket? Socket, SocketError Error)> OpenAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var operation = new Operation { RemoteEndPoint = endPoint };
        using var registration = cancellation.UnsafeRegister(static state => Socket.CancelConnectAsync((SocketAsyncEventArgs)state!), operation);
        await operation.Started(socket.ConnectAsync(operation));
        if (operation.SocketError == SocketError.Success && !cancellation.IsCancellationRequested)
            return (socket, SocketError.Success);

        socket.Dispose();
        return (null, operation.SocketError);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            _receive.SetBuffer(buffer);
            return _receive.Started(socket.ReceiveAsync(_receive));
        }
        catch (ObjectDisposedException)
        {
            return new(Failed);
        }
    }

    public override ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            _send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(bytes));
            var sent = _send.Started(socket.SendAsync(_send));
            return sent.IsCompleted ? new(sent.Result >= 0) : Finish(sent);
        }
        catch (ObjectDisposedException)
        {
            return new(false);
        }

        static async ValueTask<bool> Finish(ValueTask<int> sent) => await sent >= 0;
    }

    public override async ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length)
    {
        var isSent = await SendAsync(buffer.AsMemory(0, length));
        Buffers.Return(buffer);
        return isSent;
    }

    public override void Abort() => socket.Dispose();

    public override void Dispose()
    {
        socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    /// <summary>Operation awaits one socket operation at a time without an allocation. Continuations run on the completing thread.</summary>
    private sealed class Operation() : SocketAsyncEventArgs(true), IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _source;

        public ValueTask<int> Started(bool isPending) => isPending ? new(this, _source.Version) : new(Outcome());

        public int GetResult(short token)
        {
            var result = _source.GetResult(token);
            _source.Reset();
            return result;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(Outcome());

        private int Outcome() => SocketError == SocketError.Success ? BytesTransferred : Failed;
    }
}
