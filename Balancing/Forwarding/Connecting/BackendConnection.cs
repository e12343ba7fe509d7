using System.Net;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>AbortReason tells why the balancer aborted a connection.</summary>
internal enum AbortReason
{
    None,
    Timeout,
    ClientGone,

    /// <summary>
    /// A timeout while waiting for the client, not the backend: it sent no more of its request body or read no more of the response.
    /// </summary>
    ClientStalled,
}

/// <summary>BackendConnection is one connection to a backend with the buffers and parsers that its requests share.</summary>
internal sealed class BackendConnection : IDisposable
{
    private int _abortReason;
    private volatile bool _awaitsClient;

    public BackendConnection(BackendTransport transport, EndPoint? endPoint, TimeProvider time)
    {
        Transport = transport;
        EndPoint = endPoint;
        Deadline = new(time, OnDeadline);
    }

    public BackendTransport Transport { get; }

    public EndPoint? EndPoint { get; }

    public Deadline Deadline { get; }

    public ResponseHeadParser Parser { get; } = new();

    public ChunkedDecoder Decoder { get; } = new();

    public AbortReason AbortReason => (AbortReason)Volatile.Read(ref _abortReason);

    /// <summary>Called when the deadline passes; for an idle connection this means that it has been unused for too long.</summary>
    public Action<BackendConnection>? Expired { get; set; }

    /// <summary>The client's side while a flush to it is pending, so that a client that reads nothing can be disconnected.</summary>
    public IHttpRequestLifetimeFeature? StalledBy { get; set; }

    /// <summary>Whether the backend waits for more of the request's body from the client.</summary>
    public bool AwaitsClient
    {
        get => _awaitsClient;
        set => _awaitsClient = value;
    }

    /// <summary>When the connection was returned to the pool, as a timestamp of the clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>When the connection was last taken or opened, as a timestamp of the clock.</summary>
    public long TakenAt { get; set; }

    /// <summary>Upper bound of the time that the connection had been idle when it was last taken.</summary>
    public TimeSpan Rested { get; set; }

    public bool IsUsable => AbortReason == AbortReason.None && Transport.IsQuiet;

    /// <summary>Received bytes. Empty while there are none, so that neither an idle nor a waiting connection holds a buffer.</summary>
    public byte[] Buffer { get; private set; } = [];

    /// <summary>Start of the received bytes that have not been consumed.</summary>
    public int Start { get; set; }

    /// <summary>End of the received bytes.</summary>
    public int End { get; set; }

    public ReadOnlySpan<byte> Received => Buffer.AsSpan(Start, End - Start);

    /// <summary>Waits for data. It returns an empty buffer to the pool first if the transport can wait without one.</summary>
    public ValueTask WaitForDataAsync()
    {
        if (Start == End && Transport.WaitsWithoutBuffer)
            ReturnBuffer();
        return Transport.WaitForDataAsync();
    }

    /// <summary>Receives after the bytes already there; makes room first if the buffer is full.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        RentBuffer();
        if (Start == End)
            Start = End = 0;
        if (End == Buffer.Length)
            MakeRoom();
        return Transport.ReceiveAsync(Buffer.AsMemory(End));
    }

    /// <summary>Returns the buffer to the pool and drops its content.</summary>
    public void ReturnBuffer()
    {
        Buffers.Return(Buffer);
        Buffer = [];
        Start = End = 0;
    }

    public void Abort(AbortReason reason)
    {
        if (Interlocked.CompareExchange(ref _abortReason, (int)reason, 0) == 0)
            Transport.Abort();
    }

    public void Dispose()
    {
        Deadline.Dispose();
        Transport.Dispose();
        ReturnBuffer();
    }

    private void OnDeadline()
    {
        var stalledBy = StalledBy;
        Abort(AwaitsClient || stalledBy is not null ? AbortReason.ClientStalled : AbortReason.Timeout);
        stalledBy?.Abort();
        Expired?.Invoke(this);
    }

    private void RentBuffer()
    {
        if (Buffer.Length == 0)
            Buffer = Buffers.Rent(Buffers.Medium);
    }

    private void MakeRoom()
    {
        if (Start > 0)
        {
            Received.CopyTo(Buffer);
            End -= Start;
            Start = 0;
            return;
        }

        var larger = Buffers.Rent(Buffer.Length * 2);
        Received.CopyTo(larger);
        Buffers.Return(Buffer);
        Buffer = larger;
    }
}
