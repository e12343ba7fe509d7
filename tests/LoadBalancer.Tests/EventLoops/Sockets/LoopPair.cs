using System.Net;
using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

/// <summary>LoopPair is a group of event loops with connections that have one end on a loop.</summary>
internal sealed class LoopPair : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LoopPair(bool usesBatches = true, int loops = 1)
    {
        _listener.Start();
        Loops = new(loops, NullLogger<EventLoopGroup>.Instance, TimeProvider.System, usesBatches);
    }

    public EventLoopGroup Loops { get; }

    public EventLoop Loop => Loops.LeastLoaded();

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>Runs an action on the loop's thread, within one turn.</summary>
    public Task RunAsync(Action action)
    {
        var run = new OnLoop(action);
        Loop.Redispatch(run);
        return run.Done.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public Socket AcceptPeer() => _listener.AcceptSocket();

    public EventLoopSocket Connect()
    {
        var socket = new EventLoopSocket(Loop, Native.CreateStreamSocket(AddressFamily.InterNetwork));
        var address = EndPoint.Serialize();
        var result = Native.Connect(socket.Handle, address.Buffer.Span[..address.Size]);
        Assert.True(result is 0 or -Native.InProgress);
        Assert.True(socket.TryWatch());
        return socket;
    }

    /// <summary>Opens a connection and returns both ends.</summary>
    public (EventLoopSocket Socket, Socket Peer) Open()
    {
        var socket = Connect();
        var peer = AcceptPeer();
        peer.NoDelay = true;
        return (socket, peer);
    }

    /// <summary>Sends until the peer, which does not read, has had no room for a while. Returns the number of bytes.</summary>
    public static int Fill(EventLoopSocket socket)
    {
        var bytes = new byte[64 * 1024];
        var filled = 0;
        while (SpinWait.SpinUntil(TrySend, TimeSpan.FromMilliseconds(150)))
        {
        }

        return filled;

        bool TrySend() => Native.Send(socket.Handle, bytes) is > 0 and var sent && (filled += sent) > 0;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Loops.Dispose();
    }

    private sealed class OnLoop(Action action) : IReadinessSink
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReady()
        {
            try
            {
                action();
                Done.SetResult();
            }
            catch (Exception error)
            {
                Done.SetException(error);
            }
        }
    }
}
