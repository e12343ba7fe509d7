using System.Net;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>Who ended a connection before its time.</summary>
internal enum AbortReason
{
    None,
    Timeout,
    ClientGone,

    /// <summary>A timeout while the client, not the backend, was waited for: it sent nothing of its request's body, or took nothing of the response.</summary>
    ClientStalled,
}

/// <summary>One connection to a backend with all that is used over again from request to request.</summary>
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

    /// <summary>Told when the deadline passes, which while idle means that the connection has not been used for too long.</summary>
    public Action<BackendConnection>? Expired { get; set; }

    /// <summary>The client's side while a flush to it is under way, so that a client which takes nothing can be cut off.</summary>
    public IHttpRequestLifetimeFeature? StalledBy { get; set; }

    /// <summary>Whether more of the request's body has to come from the client before the backend can get on.</summary>
    public bool AwaitsClient
    {
        get => _awaitsClient;
        set => _awaitsClient = value;
    }

    /// <summary>When it was given back, as a timestamp of the clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>When it was last taken or opened, as a timestamp of the clock.</summary>
    public long TakenAt { get; set; }

    /// <summary>For how long at most it had been idle when it was last taken.</summary>
    public TimeSpan Rested { get; set; }

    public bool IsUsable => AbortReason == AbortReason.None && Transport.IsQuiet;

    /// <summary>What was received; empty while nothing is there, so that neither an idle connection nor one that waits holds a buffer.</summary>
    public byte[] Buffer { get; private set; } = [];

    /// <summary>Start of what was received and not used yet.</summary>
    public int Start { get; set; }

    /// <summary>End of what was received.</summary>
    public int End { get; set; }

    public ReadOnlySpan<byte> Received => Buffer.AsSpan(Start, End - Start);

    /// <summary>Waits for data, without a buffer where there is nothing in it and the transport allows.</summary>
    public ValueTask WaitForDataAsync()
    {
        if (Start == End && Transport.WaitsWithoutBuffer)
            ReturnBuffer();
        return Transport.WaitForDataAsync();
    }

    /// <summary>Receives behind what is there; makes room first where there is none.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        RentBuffer();
        if (Start == End)
            Start = End = 0;
        if (End == Buffer.Length)
            MakeRoom();
        return Transport.ReceiveAsync(Buffer.AsMemory(End));
    }

    /// <summary>Gives the buffer back. What it held is gone.</summary>
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
