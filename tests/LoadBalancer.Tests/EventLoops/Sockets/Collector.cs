using System.Collections.Concurrent;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

/// <summary>Collector receives everything that arrives on a socket when the loop signals it, through a buffer of a given size.</summary>
internal sealed class Collector(EventLoopSocket socket, int bufferBytes = 64) : IReadinessSink
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private readonly ConcurrentQueue<byte> _received = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _signals;

    /// <summary>Whether at the first signal the kernel had no bytes, because the loop had received them ahead.</summary>
    public bool WasReceivedAhead { get; private set; }

    public byte[] Received => [.. _received];

    /// <summary>Completes at the end of the stream or on an error.</summary>
    public Task Ended => _ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    /// <summary>Begins to receive. Call this on the loop's thread.</summary>
    public void Start()
    {
        while (socket.HasInput || !socket.TryWaitToReceive(this))
        {
            if (!TryReceive())
                return;
        }
    }

    public void OnReady()
    {
        if (_signals++ == 0)
            WasReceivedAhead = socket.HasInput && Native.Peek(socket.Handle) == -Native.WouldBlock;
        Start();
    }

    /// <summary>Receives once; false at the end of the stream.</summary>
    private bool TryReceive()
    {
        var count = socket.Receive(_buffer);
        if (count == -Native.WouldBlock)
            return true;

        if (count <= 0)
        {
            _ended.TrySetResult();
            return false;
        }

        foreach (var value in _buffer.AsSpan(0, count))
            _received.Enqueue(value);
        return true;
    }
}
