using System.Net.Sockets;
using System.Text;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Tests.EndToEnd;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class SendingTogetherTests : IDisposable
{
    private readonly LoopPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(CallBatch.Capacity)]
    [InlineData(CallBatch.Capacity + 1)]
    [InlineData((2 * CallBatch.Capacity) + 3)]
    public async Task Turn_ManyQueuesHaveBytes_EachPeerGetsItsOwn(int count)
    {
        var ends = Open(count);

        for (var round = 0; round < 3; round++)
        {
            await _pair.RunAsync(() =>
            {
                foreach (var (end, i) in ends.Select((end, i) => (end, i)))
                    Assert.True(end.Queue.SendAsync(Rented($"to {i:000}.{round}")).Result);
            });

            foreach (var (end, i) in ends.Select((end, i) => (end, i)))
            {
                Assert.Equal($"to {i:000}.{round}", end.Read(8));
                Assert.True(end.Queue.IsIdle);
            }
        }

        Close(ends);
    }

    [Fact]
    public async Task Turn_OnePeerHasNoRoom_OnlyItsQueueWaitsAndSendsLater()
    {
        var ends = Open(3);
        var filled = 0;

        await _pair.RunAsync(() =>
        {
            filled = LoopPair.Fill(ends[1].Socket);
            foreach (var end in ends)
                Assert.True(end.Queue.SendAsync(Rented("bytes")).Result);
        });

        Assert.Equal("bytes", ends[0].Read(5));
        Assert.Equal("bytes", ends[2].Read(5));
        await _pair.RunAsync(() => Assert.False(ends[1].Queue.IsIdle));

        var received = ends[1].Read(filled + 5);
        Assert.Equal("bytes", received[filled..]);
        await Eventually.TrueAsync(() => ends[1].Queue.IsIdle, TestContext.Current.CancellationToken);
        Close(ends);
    }

    [Fact]
    public async Task Turn_OneConnectionIsClosed_OnlyItsQueueIsBroken()
    {
        var ends = Open(3);
        ends[1].Peer.LingerState = new(enable: true, seconds: 0);
        ends[1].Peer.Close();
        await Eventually.TrueAsync(() => ends[1].Socket.HasEnded, TestContext.Current.CancellationToken);

        await _pair.RunAsync(() =>
        {
            foreach (var end in ends)
                Assert.True(end.Queue.SendAsync(Rented("bytes")).Result);
        });
        await _pair.RunAsync(() =>
        {
            Assert.False(ends[1].Queue.SendAsync(Rented("too late")).Result);
            Assert.True(ends[0].Queue.SendAsync(Rented(", more")).Result);
            Assert.True(ends[2].Queue.SendAsync(Rented(", more")).Result);
        });

        Assert.Equal("bytes, more", ends[0].Read(11));
        Assert.Equal("bytes, more", ends[2].Read(11));
        Close(ends);
    }

    [Fact]
    public async Task Turn_AQueueIsDeferredTwice_SendsItsBytesOnceAndInOrder()
    {
        var ends = Open(3);

        await _pair.RunAsync(() =>
        {
            foreach (var end in ends)
            {
                _ = end.Queue.SendAsync(Rented("one "));
                _ = end.Queue.SendAtOnceAsync(Rented("two "));
                _ = end.Queue.SendAsync(Rented("three "));
            }
        });
        await _pair.RunAsync(() =>
        {
            foreach (var end in ends)
            {
                _ = end.Queue.SendAsync(Rented("four "));
                _ = end.Queue.SendAsync(Rented("five."));
            }
        });

        foreach (var end in ends)
        {
            end.Queue.Fail();
            end.Socket.Abort();
            Assert.Equal("one two three four five.", end.ReadToEnd());
        }

        Close(ends);
    }

    [Fact]
    public async Task Fail_FromAnotherThreadDuringTurns_SendsNothingToTheNextSocketWithTheDescriptor()
    {
        var kept = Open(2);
        var expected = new StringBuilder();
        for (var round = 0; round < 300; round++)
        {
            var broken = Open(1)[0];
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var turn = _pair.RunAsync(() =>
            {
                started.SetResult();
                _ = broken.Queue.SendAsync(Rented("old"));
                foreach (var end in kept)
                    _ = end.Queue.SendAsync(Rented("more "));
            });
            await started.Task;
            Thread.SpinWait(round * 20);
            broken.Queue.Fail();
            broken.Socket.Close();
            var next = Open(1)[0];
            await turn;
            await _pair.RunAsync(() => Assert.True(next.Queue.SendAtOnceAsync(Rented("new")).Result));

            Assert.True(broken.ReadToEnd() is "" or "old");
            next.Queue.Fail();
            next.Socket.Abort();
            Assert.Equal("new", next.ReadToEnd());
            Close([broken, next]);
            expected.Append("more ");
        }

        Assert.All(kept, end => Assert.Equal(expected.ToString(), end.Read(expected.Length)));
        Close(kept);
    }

    private static ArraySegment<byte> Rented(string text)
    {
        var array = Buffers.Rent(Buffers.Small);
        return new(array, 0, Encoding.ASCII.GetBytes(text, array));
    }

    private static void Close(IEnumerable<End> ends)
    {
        foreach (var end in ends)
        {
            end.Queue.Fail();
            end.Socket.Close();
            end.Peer.Dispose();
        }
    }

    private End[] Open(int count) => [.. Enumerable.Range(0, count).Select(_ => new End(_pair.Open()))];

    private sealed class End
    {
        public End((EventLoopSocket Socket, Socket Peer) pair)
        {
            (Socket, Peer) = pair;
            Peer.ReceiveTimeout = 20_000;
            Queue = new(Socket);
        }

        public EventLoopSocket Socket { get; }

        public Socket Peer { get; }

        public SendQueue Queue { get; }

        public string Read(int count)
        {
            var received = new byte[count];
            for (var end = 0; end < count;)
            {
                var more = Peer.Receive(received.AsSpan(end));
                Assert.NotEqual(0, more);
                end += more;
            }

            return Encoding.ASCII.GetString(received);
        }

        public string ReadToEnd()
        {
            var received = new MemoryStream();
            var buffer = new byte[4096];
            while (Peer.Receive(buffer) is > 0 and var count)
                received.Write(buffer, 0, count);
            return Encoding.ASCII.GetString(received.ToArray());
        }
    }
}
