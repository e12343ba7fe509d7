using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class ReceivingAheadRaceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly LoopPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task Close_DuringAnEarlierEventOfTheTurn_DropsBytesReceivedAheadAndTheNextSocketGetsItsOwn()
    {
        SkipWithoutBatches();
        for (var round = 0; round < 50; round++)
        {
            var (one, other) = (_pair.Open(), _pair.Open());
            var next = new TaskCompletionSource<(EventLoopSocket Socket, Socket Peer)>(TaskCreationOptions.RunContinuationsAsynchronously);
            var signals = 0;
            Collector? collector = null;

            await _pair.RunAsync(() =>
            {
                // The first to run closes the other, and a new connection reuses its file descriptor.
                Assert.True(one.Socket.TryWaitToReceive(new ActionSink(() => Replace(other.Socket))));
                Assert.True(other.Socket.TryWaitToReceive(new ActionSink(() => Replace(one.Socket))));
                one.Peer.Send("old"u8);
                other.Peer.Send("old"u8);
                Assert.True(SpinWait.SpinUntil(() => Native.Peek(one.Socket.Handle) == 1 && Native.Peek(other.Socket.Handle) == 1, Limit));
            });

            var opened = await next.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
            opened.Peer.Send("new"u8);
            await Eventually.TrueAsync(() => collector!.Received.Length == 3, TestContext.Current.CancellationToken);
            Assert.Equal("new"u8.ToArray(), collector!.Received);
            Assert.Equal(1, signals);

            one.Socket.Close();
            other.Socket.Close();
            opened.Socket.Close();
            one.Peer.Dispose();
            other.Peer.Dispose();
            opened.Peer.Dispose();

            void Replace(EventLoopSocket closed)
            {
                signals++;
                closed.Close();
                Assert.False(closed.TryTakeAhead(out _));
                var pair = _pair.Open();
                collector = new(pair.Socket);
                collector.Start();
                next.TrySetResult(pair);
            }
        }
    }

    [Fact]
    public async Task TryStopWaitingForInput_FromAnotherThreadWhileTheLoopReceives_LosesAndRepeatsNoByte()
    {
        SkipWithoutBatches();
        var streams = Enumerable.Range(0, 4).Select(seed => new Impatient(_pair.Open(), seed)).ToArray();

        await Task.WhenAll(streams.SelectMany(stream => new[] { stream.SendAsync(), stream.ReceiveAsync() }))
            .WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.All(streams, stream => Assert.Equal(stream.Sent, stream.Received));
        foreach (var stream in streams)
            stream.Close();
    }

    private static void SkipWithoutBatches()
    {
        using var calls = CallBatch.TryCreate();
        Assert.SkipWhen(calls is null, "The system does not allow this process to use io_uring.");
    }

    private sealed class ActionSink(Action action) : IReadinessSink
    {
        public void OnReady() => action();
    }

    /// <summary>
    /// Impatient ends most of its waits at once. It waits for the signal if the loop already took the wait, and sometimes at random.
    /// </summary>
    private sealed class Impatient((EventLoopSocket Socket, Socket Peer) pair, int seed) : IReadinessSink
    {
        private const int Bytes = 200_000;

        private readonly SemaphoreSlim _signals = new(0);
        private readonly Random _random = new(seed);

        public byte[] Sent { get; } = Create(seed);

        public List<byte> Received { get; } = [];

        public async Task SendAsync()
        {
            var random = new Random(seed + 100);
            for (var end = 0; end < Bytes;)
            {
                var count = Math.Min(random.Next(1, 300), Bytes - end);
                end += await pair.Peer.SendAsync(Sent.AsMemory(end, count), TestContext.Current.CancellationToken);
            }
        }

        public Task ReceiveAsync() => Task.Run(async () =>
        {
            var buffer = new byte[256];
            while (Received.Count < Bytes)
            {
                if (!pair.Socket.HasInput && pair.Socket.TryWaitToReceive(this))
                {
                    Thread.SpinWait(_random.Next(200));
                    if (_random.Next(4) > 0 && pair.Socket.TryStopWaitingForInput())
                        continue;

                    await _signals.WaitAsync(TestContext.Current.CancellationToken);
                }

                var count = pair.Socket.Receive(buffer.AsSpan(0, _random.Next(1, buffer.Length)));
                Assert.True(count > 0 || count == -Native.WouldBlock, $"Receive returned {count}.");
                if (count > 0)
                    Received.AddRange(buffer.AsSpan(0, count));
            }
        });

        public void OnReady() => _signals.Release();

        public void Close()
        {
            pair.Socket.Close();
            pair.Peer.Dispose();
        }

        private static byte[] Create(int seed)
        {
            var bytes = new byte[Bytes];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }
    }
}
