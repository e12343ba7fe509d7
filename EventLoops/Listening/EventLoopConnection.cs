using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.EventLoops.Listening;

/// <summary>A client's connection as Kestrel sees it, over a socket that an event loop watches. It is its own pipe and its own features, so that there are few objects to a connection.</summary>
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
    private int _quietLooks;
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

        // What has come back from parking may have ended before there was anyone to tell.
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
        // The socket may be another's by now.
        if (_isDisposed)
            return;

        _input.AbortedBy ??= abortReason;
        _socket.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
        if (await TryGiveUpToParkAsync())
            return;

        await DrainAsync();
        _isDisposed = true;
        _socket.Abort();
        _sending.Fail();
        _socket.Close();
        await _closed.CancelAsync();
        _closed.Dispose();
    }

    /// <summary>What was handed over last may not have been sent yet. A client that does not take it within a while goes without.</summary>
    private async ValueTask DrainAsync()
    {
        var drained = _sending.DrainAsync();
        if (drained.IsCompleted)
            return;

        await using var limit = _time.CreateTimer(static state => ((EventLoopSocket)state!).Abort(), _socket, DrainLimit, Timeout.InfiniteTimeSpan);
        await drained;
    }

    /// <summary>One of the looks that come at equal intervals, on the loop's thread. True when the connection is being parked.</summary>
    public bool TryPark()
    {
        if (_input.TakeActivity())
            _quietLooks = 0;
        else if (++_quietLooks >= _socket.Patience && IsBetweenRequests)
            return _input.TryEndIdle(this);
        return false;
    }

    /// <summary>
    /// Whether Kestrel waits for the next request, by all signs there are: it has had one, of HTTP/1, over this very transport (not TLS); that one is over;
    /// everything received was answered, and the answer sent. Certain only while the wait for input is taken back.
    /// </summary>
    internal bool IsBetweenRequests => Request is { RawTarget: null } && Transport == this && _input.IsAnswered && _sending.IsIdle;

    /// <summary>The reader tells Kestrel that the input has ended, and Kestrel is going to let go of the connection.</summary>
    internal void BeginParking()
    {
        _isParking = true;
        _input.IsAnswered = false;
    }

    /// <summary>What Kestrel has let go of stays open without it. False where it was not for parking, or something has come between.</summary>
    private async ValueTask<bool> TryGiveUpToParkAsync()
    {
        // Kestrel says nothing more unless it took the end for something else.
        if (!_isParking || _input.IsAnswered || !_sending.IsIdle || _input.AbortedBy is not null)
            return false;

        _isDisposed = true;
        _sending.Fail();
        await _closed.CancelAsync();
        if (!_socket.Lot.TryPark(_socket))
            return false;

        _closed.Dispose();
        return true;
    }

    /// <summary>Tells whoever asked that the connection is closed, off the loop's thread: what they do then may take a while.</summary>
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
            // The connection was through before it came to this.
        }
    }
}
