using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// EventLoopConnection is a client's connection as Kestrel sees it, over a socket that an event loop watches. It is its own pipe and its own feature
/// collection, which keeps the number of objects per connection small.
/// </summary>
internal sealed partial class EventLoopConnection : ConnectionContext, IDuplexPipe
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly ClientSocket _socket;
    private readonly EventLoopReader _input;
    private readonly SendQueue _sending;
    private readonly EventLoopWriter _output;
    private readonly CancellationTokenSource _closed = new();
    private string? _id;
    private int _quietSweeps;
    private bool _isParking;
    private volatile bool _isDisposed;

    public EventLoopConnection(ClientSocket socket, MemoryPool<byte> memory, TimeProvider time)
    {
        _time = time;
        _socket = socket;
        socket.Connection = this;
        _input = new(_socket);
        _sending = new(_socket);
        _output = new(_sending, _input);
        MemoryPool = memory;
        RemoteEndPoint = socket.Remote;
        LocalEndPoint = socket.Local;
        ConnectionClosed = _closed.Token;
        Transport = this;

        // A socket that was parked may have ended while it had no connection to notify.
        if (socket.HasEnded)
            OnEnded();
    }

    public override string ConnectionId
    {
        get => _id ??= CorrelationId.Next();
        set => _id = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <inheritdoc cref="EventLoopSocket.TryWatch"/>
    public bool TryWatch() => _socket.TryWatch();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // After disposal the socket may belong to another connection.
        if (_isDisposed)
            return;

        _input.AbortedBy ??= abortReason;
        _socket.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
        if (await TryFinishParkingAsync())
            return;

        await DrainAsync();
        _isDisposed = true;
        _socket.Abort();
        _sending.Fail();
        _socket.Close();
        await _closed.CancelAsync();
        _closed.Dispose();
    }

    /// <summary>Waits until the last bytes are sent. A client that does not take them within <see cref="DrainLimit"/> is disconnected.</summary>
    private async ValueTask DrainAsync()
    {
        var drained = _sending.DrainAsync();
        if (drained.IsCompleted)
            return;

        await using var limit = _time.CreateTimer(static state => ((EventLoopSocket)state!).Abort(), _socket, DrainLimit, Timeout.InfiniteTimeSpan);
        await drained;
    }

    /// <summary>Begins to park the connection if it has been quiet for long enough. Called by each sweep, on the loop's thread.</summary>
    /// <returns>True when the connection is being parked.</returns>
    public bool TryPark()
    {
        if (_input.TakeActivity())
            _quietSweeps = 0;
        else if (++_quietSweeps >= _socket.RequiredQuietSweeps && IsBetweenRequests)
            return _input.TryEndIdle(this);
        return false;
    }

    /// <summary>
    /// Whether Kestrel waits for the next request. This holds when the connection has had an HTTP/1 request over this very transport (not over TLS),
    /// that request is complete, and everything received has been responded to and the response sent. The value is certain only after the caller has
    /// ended the reader's wait for input, so that nothing else can complete the read.
    /// </summary>
    internal bool IsBetweenRequests => Request is { RawTarget: null } && Transport == this && _input.HasResponded && _sending.IsIdle;

    /// <summary>Marks the connection as being parked. The reader now reports the end of the input, and Kestrel disposes the connection.</summary>
    internal void BeginParking()
    {
        _isParking = true;
        _input.HasResponded = false;
    }

    /// <summary>Parks the socket of a connection that Kestrel has disposed, which keeps the socket open.</summary>
    /// <returns>False if the connection was not being parked, or was used or aborted in the meantime.</returns>
    private async ValueTask<bool> TryFinishParkingAsync()
    {
        // Kestrel sends nothing when it takes the end of the input for the client's close. If it did send something, it must be delivered.
        if (!_isParking || _input.HasResponded || !_sending.IsIdle || _input.AbortedBy is not null)
            return false;

        _isDisposed = true;
        _sending.Fail();
        await _closed.CancelAsync();
        if (!_socket.Lot.TryPark(_socket))
            return false;

        _closed.Dispose();
        return true;
    }

    /// <summary>Cancels <see cref="ConnectionClosed"/> on a thread-pool thread, because its callbacks may be slow.</summary>
    internal void OnEnded()
    {
        if (!_isDisposed)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.NotifyClosed(), this, preferLocal: false);
    }

    private void NotifyClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was disposed first.
        }
    }
}
