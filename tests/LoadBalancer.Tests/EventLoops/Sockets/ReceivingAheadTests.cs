using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class ReceivingAheadTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly LoopPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(64)]
    [InlineData(3)]
    [InlineData(1)]
    public async Task Turn_SeveralSocketsHaveInput_EachReceivesItsOwnInPiecesOfItsBuffer(int bufferBytes)
    {
        SkipWithoutBatches();
        var pairs = Open(5);
        var collectors = pairs.Select(pair => new Collector(pair.Socket, bufferBytes)).ToArray();

        await _pair.RunAsync(() =>
        {
            foreach (var (collector, i) in collectors.Select((collector, i) => (collector, i)))
            {
                collector.Start();
                Send(pairs[i], [.. Enumerable.Range(i * 20, 20).Select(value => (byte)value)]);
            }
        });

        foreach (var (collector, i) in collectors.Select((collector, i) => (collector, i)))
        {
            await Eventually.TrueAsync(() => collector.Received.Length == 20, TestContext.Current.CancellationToken);
            Assert.Equal(Enumerable.Range(i * 20, 20).Select(value => (byte)value), collector.Received);
            Assert.True(collector.WasReceivedAhead);
        }

        Close(pairs);
    }

    [Fact]
    public async Task Turn_BytesAndTheEndHaveArrived_AreBothReceived()
    {
        SkipWithoutBatches();
        var pairs = Open(3);
        var collectors = pairs.Select(pair => new Collector(pair.Socket)).ToArray();

        await _pair.RunAsync(() =>
        {
            foreach (var collector in collectors)
                collector.Start();
            foreach (var pair in pairs)
            {
                Send(pair, "last words"u8);
                pair.Peer.Shutdown(SocketShutdown.Send);
            }
        });

        foreach (var collector in collectors)
        {
            await collector.Ended;
            Assert.Equal("last words"u8, collector.Received);
        }

        Close(pairs);
    }

    [Fact]
    public async Task Turn_OnlyTheEndHasArrived_IsReceived()
    {
        SkipWithoutBatches();
        var pairs = Open(3);
        var collectors = pairs.Select(pair => new Collector(pair.Socket)).ToArray();

        await _pair.RunAsync(() =>
        {
            foreach (var collector in collectors)
                collector.Start();
            foreach (var pair in pairs)
                pair.Peer.Shutdown(SocketShutdown.Send);
        });

        await Task.WhenAll(collectors.Select(collector => collector.Ended));
        Assert.All(collectors, collector => Assert.Empty(collector.Received));
        Close(pairs);
    }

    [Theory]
    [InlineData(Buffers.Small - 1)]
    [InlineData(Buffers.Small)]
    [InlineData(Buffers.Small + 1)]
    [InlineData(10_000)]
    public async Task Turn_AboutAsMuchAsIsReceivedAhead_IsReceivedWithoutAnotherSignal(int bytes)
    {
        SkipWithoutBatches();
        var pairs = Open(2);
        var sent = pairs.Select((_, i) => RandomBytes(bytes, seed: i)).ToArray();
        var collectors = pairs.Select(pair => new Collector(pair.Socket)).ToArray();

        await _pair.RunAsync(() =>
        {
            foreach (var (collector, i) in collectors.Select((collector, i) => (collector, i)))
            {
                collector.Start();
                Send(pairs[i], sent[i]);
            }
        });

        foreach (var (collector, i) in collectors.Select((collector, i) => (collector, i)))
        {
            await Eventually.TrueAsync(() => collector.Received.Length == bytes, TestContext.Current.CancellationToken);
            Assert.Equal(sent[i], collector.Received);
        }

        Close(pairs);
    }

    [Fact]
    public async Task Turn_ASinkWaitsWithoutReceiving_LeavesTheBytesInTheKernel()
    {
        SkipWithoutBatches();
        var pairs = Open(3);
        var peeked = pairs.Select(_ => new TaskCompletionSource<int>()).ToArray();

        await _pair.RunAsync(() =>
        {
            foreach (var (pair, i) in pairs.Select((pair, i) => (pair, i)))
            {
                // The previous sink was going to receive.
                Assert.True(pair.Socket.TryWaitToReceive(new ActionSink(() => { })));
                Assert.True(pair.Socket.TryStopWaitingForInput());
                Assert.True(pair.Socket.TryWaitForInput(new ActionSink(() => peeked[i].SetResult(Native.Peek(pair.Socket.Handle)))));
                Send(pair, "still there"u8);
            }
        });

        foreach (var result in peeked)
            Assert.Equal(1, await result.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Close(pairs);
    }

    [Fact]
    public async Task TryConfirmQuietAndWasQuietAfter_BytesReceivedAheadAreNotTaken_AreFalse()
    {
        SkipWithoutBatches();
        var pairs = Open(2);
        var signalled = pairs.Select(_ => new TaskCompletionSource()).ToArray();
        var turn = 0;

        await _pair.RunAsync(() =>
        {
            foreach (var (pair, i) in pairs.Select((pair, i) => (pair, i)))
            {
                Assert.True(pair.Socket.TryWaitToReceive(new ActionSink(signalled[i].SetResult)));
                Send(pair, "unasked"u8);
            }
        });
        await Task.WhenAll(signalled.Select(one => one.Task)).WaitAsync(Limit, TestContext.Current.CancellationToken);

        await _pair.RunAsync(() => turn = _pair.Loop.CurrentTurn);
        await _pair.RunAsync(() =>
        {
            foreach (var (socket, _) in pairs)
            {
                Assert.Equal(-Native.WouldBlock, Native.Peek(socket.Handle));
                Assert.True(socket.HasInput);
                Assert.False(socket.WasQuietAfter(turn));
                Assert.False(socket.TryConfirmQuiet());
                Assert.Equal(3, socket.Receive(new byte[3]));
                Assert.False(socket.WasQuietAfter(turn));
                Assert.False(socket.TryConfirmQuiet());
                Assert.Equal(4, socket.Receive(new byte[64]));
                Assert.True(socket.WasQuietAfter(turn));
                Assert.True(socket.TryConfirmQuiet());
            }
        });
        Close(pairs);
    }

    private static void Send((EventLoopSocket Socket, Socket Peer) pair, ReadOnlySpan<byte> bytes)
    {
        pair.Peer.Send(bytes);
        Assert.True(SpinWait.SpinUntil(() => Native.Peek(pair.Socket.Handle) == 1, Limit));
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void SkipWithoutBatches()
    {
        using var calls = CallBatch.TryCreate();
        Assert.SkipWhen(calls is null, "The system does not allow this process to use io_uring.");
    }

    private (EventLoopSocket Socket, Socket Peer)[] Open(int count) => [.. Enumerable.Range(0, count).Select(_ => _pair.Open())];

    private void Close((EventLoopSocket Socket, Socket Peer)[] pairs)
    {
        foreach (var (socket, peer) in pairs)
        {
            socket.Close();
            peer.Dispose();
        }
    }

    private sealed class ActionSink(Action action) : IReadinessSink
    {
        public void OnReady() => action();
    }
}
