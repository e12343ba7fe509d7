using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class SendQueueTests : IDisposable
{
    private readonly LoopPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task SendBorrowed_PeerHasClosedItsDirectionAndReadsNothing_WaitsWithoutBlockingTheLoop()
    {
        var socket = _pair.Connect();
        using var peer = _pair.AcceptPeer();
        var queue = new SendQueue(socket);
        peer.Shutdown(SocketShutdown.Send);
        await Eventually.TrueAsync(() => socket.HasEnded, TestContext.Current.CancellationToken);
        var bytes = new byte[16 * 1024 * 1024];

        var sent = ValueTask.FromResult(false);
        await _pair.RunAsync(() => sent = queue.SendBorrowedAsync(bytes));
        await _pair.RunAsync(() => { });
        Assert.False(sent.IsCompleted);

        var received = Drain(peer, bytes.Length);
        Assert.True(await sent);
        Assert.Equal(bytes.Length, await received);
        queue.Fail();
        socket.Close();
    }

    [Fact]
    public async Task Fail_BytesAreDeferred_AreNeverSent()
    {
        var socket = _pair.Connect();
        using var peer = _pair.AcceptPeer();

        await _pair.RunAsync(() =>
        {
            var queue = new SendQueue(socket);
            Assert.True(queue.SendAsync(Rented("too late")).Result);
            queue.Fail();
        });
        await _pair.RunAsync(socket.Close);

        Assert.Equal(0, peer.Receive(new byte[64]));
    }

    [Fact]
    public async Task SendAtOnce_OnTheLoopsThread_DoesNotWaitForTheEndOfTheTurn()
    {
        var socket = _pair.Connect();
        using var peer = _pair.AcceptPeer();

        await _pair.RunAsync(() =>
        {
            var queue = new SendQueue(socket);
            Assert.True(queue.SendAtOnceAsync(Rented("now")).Result);
            Assert.Equal(3, peer.Receive(new byte[64]));
        });
        await _pair.RunAsync(socket.Close);
    }

    [Fact]
    public async Task Fail_ASendWaits_CompletesAsForAClosedConnection()
    {
        var socket = _pair.Connect();
        using var peer = _pair.AcceptPeer();
        var queue = new SendQueue(socket);

        var sent = queue.SendBorrowedAsync(new byte[16 * 1024 * 1024]);
        Assert.False(sent.IsCompleted);
        queue.Fail();

        Assert.False(await sent);
        Assert.False(await queue.SendBorrowedAsync(new byte[1]));
        socket.Close();
    }

    private static ArraySegment<byte> Rented(string text)
    {
        var array = Buffers.Rent(Buffers.Small);
        return new(array, 0, System.Text.Encoding.ASCII.GetBytes(text, array));
    }

    private static Task<long> Drain(Socket peer, long bytes) => Task.Run(() =>
    {
        var buffer = new byte[64 * 1024];
        var received = 0L;
        while (received < bytes)
            received += peer.Receive(buffer);
        return received;
    });
}
