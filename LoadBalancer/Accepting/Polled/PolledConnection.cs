using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using AspireLB.LoadBalancer.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.LoadBalancer.Accepting.Polled;

/// <summary>A client's connection as Kestrel sees it, over a socket that an event loop watches. It is its own pipe and its own features, so that there are few objects to a connection.</summary>
internal sealed partial class PolledConnection : ConnectionContext, IDuplexPipe
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly ClientPlaces _places;
    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly PolledReader _input;
    private readonly SendQueue _sending;
    private readonly PolledWriter _output;
    private readonly CancellationTokenSource _closed = new();
    private string? _id;
    private bool _isDisposed;

    public PolledConnection(EventLoop loop, int handle, EndPoint? remote, EndPoint? local, ClientPlaces places, MemoryPool<byte> memory, TimeProvider time)
    {
        _places = places;
        _time = time;
        _socket = new(this, loop, handle);
        _input = new(_socket);
        _sending = new(_socket);
        _output = new(_sending);
        MemoryPool = memory;
        RemoteEndPoint = remote;
        LocalEndPoint = local;
        ConnectionClosed = _closed.Token;
        Transport = this;
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

    /// <inheritdoc cref="PolledSocket.TryWatch"/>
    public bool TryWatch() => _socket.TryWatch();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _input.AbortedBy ??= abortReason;
        _socket.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
        await DrainAsync();
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;

        _socket.Abort();
        _sending.Break();
        _socket.Close();
        _places.Release();
        await _closed.CancelAsync();
        _closed.Dispose();
    }

    /// <summary>What was handed over last may not have been sent yet. A client that does not take it within a while goes without.</summary>
    private async ValueTask DrainAsync()
    {
        var drained = _sending.DrainAsync();
        if (drained.IsCompleted)
            return;

        await using var limit = _time.CreateTimer(static state => ((PolledSocket)state!).Abort(), _socket, DrainLimit, Timeout.InfiniteTimeSpan);
        await drained;
    }

    /// <summary>Tells whoever asked that the connection is closed, off the loop's thread: what they do then may take a while.</summary>
    private void OnEnded()
    {
        if (!Volatile.Read(ref _isDisposed))
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellClosed(), this, preferLocal: false);
    }

    private void TellClosed()
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

    private sealed class Socket(PolledConnection connection, EventLoop loop, int handle) : PolledSocket(loop, handle)
    {
        protected override void OnEnded() => connection.OnEnded();
    }
}
