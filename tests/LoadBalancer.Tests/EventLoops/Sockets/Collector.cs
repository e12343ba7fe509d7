using System.Collections.Concurrent;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

/// <summary>Receives whatever comes on a socket, as the loop tells of it, through a buffer of a given size.</summary>
internal sealed class Collector(EventLoopSocket socket, int bufferBytes = 64) : IReadinessSink
{
    private readonly byte[] _buffer = new byte[bufferBytes];
    private readonly ConcurrentQueue<byte> _received = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _told;

    /// <summary>Runs when it is told, before it receives.</summary>
    public Action? Telling { get; init; }

    /// <summary>Whether the kernel had nothing when it was told first, as the loop had taken it.</summary>
    public bool WasReceivedAhead { get; private set; }

    public int Told => _told;

    public byte[] Received => [.. _received];

    /// <summary>The end of the stream, or an error.</summary>
    public Task Ended => _ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    /// <summary>On the loop's thread.</summary>
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
        if (_told++ == 0)
            WasReceivedAhead = socket.HasInput && Native.Peek(socket.Handle) == -Native.WouldBlock;
        Telling?.Invoke();
        Start();
    }

    /// <summary>False at the end.</summary>
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
