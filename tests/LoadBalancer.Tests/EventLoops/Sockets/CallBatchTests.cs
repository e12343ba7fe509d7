using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed unsafe class CallBatchTests : IDisposable
{
    private const int BrokenPipe = 32;
    private const int NoSuchFile = 1_000_000;

    private readonly LoopPair _pair = new(usesBatches: false);
    private readonly byte[] _memory = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void Run_Receives_ReturnsTheResultsOfSingleCallsInOrder()
    {
        using var calls = Create();
        var (bytes, ended, silent, last) = (_pair.Open(), _pair.Open(), _pair.Open(), _pair.Open());
        bytes.Peer.Send("hello"u8);
        ended.Peer.Shutdown(SocketShutdown.Send);
        last.Peer.Send("!"u8);
        AwaitInput(bytes.Socket, ended.Socket, last.Socket);

        int[] handles = [bytes.Socket.Handle, ended.Socket.Handle, silent.Socket.Handle, NoSuchFile, last.Socket.Handle];
        for (var i = 0; i < handles.Length; i++)
            calls.AddReceive(handles[i], Memory(i * 16), 16);
        Assert.Equal(5, calls.Count);

        Assert.Equal([5, 0, -Native.WouldBlock, -Native.BadHandle, 1], calls.Run().ToArray());
        Assert.Equal("hello"u8, _memory.AsSpan(0, 5));
        Assert.Equal((byte)'!', _memory[4 * 16]);
        Assert.Equal(0, calls.Count);
        Assert.True(calls.IsUsable);
        Close(bytes, ended, silent, last);
    }

    [Fact]
    public void Run_Sends_ReturnsTheResultsOfSingleCallsInOrder()
    {
        using var calls = Create();
        var (free, full, over, last) = (_pair.Open(), _pair.Open(), _pair.Open(), _pair.Open());
        LoopPair.Fill(full.Socket);
        over.Socket.Abort();
        "hello"u8.CopyTo(_memory);
        foreach (var handle in new[] { free.Socket.Handle, full.Socket.Handle, over.Socket.Handle, NoSuchFile, last.Socket.Handle })
            calls.AddSend(handle, Memory(0), 5);

        Assert.Equal([5, -Native.WouldBlock, -BrokenPipe, -Native.BadHandle, 5], calls.Run().ToArray());
        Assert.Equal("hello"u8, Received(free.Peer, 5));
        Assert.Equal("hello"u8, Received(last.Peer, 5));
        Close(free, full, over, last);
    }

    [Fact]
    public void Run_MoreBytesThanRoom_SendsAsManyAsFit()
    {
        using var calls = Create();
        var pair = _pair.Open();
        var bytes = GC.AllocateUninitializedArray<byte>(32 * 1024 * 1024, pinned: true);
        fixed (byte* start = bytes)
            calls.AddSend(pair.Socket.Handle, start, bytes.Length);

        Assert.InRange(calls.Run()[0], 1, bytes.Length - 1);
        Close(pair);
    }

    [Fact]
    public void Run_AFullBatch_MakesAllCallsInOrder()
    {
        using var calls = Create();
        var pair = _pair.Open();
        for (var i = 0; i < CallBatch.Capacity; i++)
        {
            _memory[i] = (byte)(i + 1);
            calls.AddSend(pair.Socket.Handle, Memory(i), 1);
        }

        Assert.Equal(Enumerable.Repeat(1, CallBatch.Capacity), calls.Run().ToArray());
        var received = Received(pair.Peer, CallBatch.Capacity);
        Assert.Equal(_memory.AsSpan(0, CallBatch.Capacity).ToArray(), received);

        pair.Peer.Send(received);
        for (var left = CallBatch.Capacity; left > 0;)
        {
            AwaitInput(pair.Socket);
            _memory.AsSpan(0, left).Clear();
            for (var i = 0; i < CallBatch.Capacity; i++)
                calls.AddReceive(pair.Socket.Handle, Memory(i), 1);
            var count = calls.Run().ToArray().Count(result => result == 1);
            Assert.Equal(received.AsSpan(CallBatch.Capacity - left, count), _memory.AsSpan(0, count));
            left -= count;
        }

        Close(pair);
    }

    [Fact]
    public void Run_ManyRoundsOfEveryLength_WrapsAroundTheRing()
    {
        using var calls = Create();
        var pair = _pair.Open();
        for (var round = 0; round < 500; round++)
        {
            var count = (round % CallBatch.Capacity) + 1;
            for (var i = 0; i < count; i++)
            {
                _memory[i] = (byte)(round + i);
                if (i % 2 == 0)
                    calls.AddSend(pair.Socket.Handle, Memory(i), 1);
                else
                    calls.AddReceive(NoSuchFile, Memory(0), 1);
            }

            Assert.Equal(Enumerable.Range(0, count).Select(i => i % 2 == 0 ? 1 : -Native.BadHandle), calls.Run().ToArray());
            var received = Received(pair.Peer, (count + 1) / 2);
            Assert.All(received, (value, i) => Assert.Equal((byte)(round + (2 * i)), value));
        }

        Close(pair);
    }

    [Fact]
    public void Run_NoCalls_ReturnsNoResults()
    {
        using var calls = Create();
        Assert.Equal(0, calls.Run().Length);
    }

    private static CallBatch Create()
    {
        var calls = CallBatch.TryCreate();
        Assert.SkipWhen(calls is null, "The system does not allow this process to use io_uring.");
        return calls!;
    }

    private static void AwaitInput(params EventLoopSocket[] sockets) =>
        Assert.All(sockets, socket => Assert.True(SpinWait.SpinUntil(() => Native.Peek(socket.Handle) >= 0, TimeSpan.FromSeconds(20))));

    private static byte[] Received(Socket peer, int count)
    {
        var received = new byte[count];
        for (var end = 0; end < count;)
        {
            var more = peer.Receive(received.AsSpan(end));
            Assert.NotEqual(0, more);
            end += more;
        }

        return received;
    }

    private static void Close(params (EventLoopSocket Socket, Socket Peer)[] pairs)
    {
        foreach (var (socket, peer) in pairs)
        {
            socket.Close();
            peer.Dispose();
        }
    }

    // The array is pinned, so the pointer stays valid.
    private byte* Memory(int offset)
    {
        fixed (byte* start = _memory)
            return start + offset;
    }
}
