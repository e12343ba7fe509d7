using System.Net.Sockets;
using AspireLB.EventLoops.Listening;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.LoadBalancer.Tests.EventLoops.Sockets;

public sealed class LoopStressTests
{
    private const int Connections = 64;
    private const int Pieces = 16;
    private const int MaxBytes = 40 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Echo_ManyConnectionsAndPiecesOfAllSizes_EveryStreamReturnsUnchanged(bool usesBatches)
    {
        using var pair = new LoopPair(usesBatches, loops: 2);
        var ended = new List<Task>();
        for (var seed = 0; seed < Connections; seed++)
        {
            var (socket, peer) = pair.Open();
            ended.Add(EchoAsync(socket));
            ended.Add(TalkAsync(peer, seed));
        }

        await Task.WhenAll(ended).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, pair.Loops.Sockets);
    }

    /// <summary>Echoes as a server would, with the loop's reader and send queue.</summary>
    private static async Task EchoAsync(EventLoopSocket socket)
    {
        var reader = new EventLoopReader(socket);
        var queue = new SendQueue(socket);
        while (true)
        {
            var read = await reader.ReadAsync(TestContext.Current.CancellationToken);
            foreach (var piece in read.Buffer)
            {
                var rented = Buffers.Rent(piece.Length);
                piece.CopyTo(rented);
                Assert.True(await queue.SendAsync(new ArraySegment<byte>(rented, 0, piece.Length)));
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        Assert.True(await queue.DrainAsync());
        await reader.CompleteAsync();
        socket.Abort();
        queue.Fail();
        socket.Close();
    }

    /// <summary>Sends pieces, some only after the previous ones have returned, and compares everything that returns.</summary>
    private static async Task TalkAsync(Socket peer, int seed)
    {
        using var closing = peer;
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, Pieces)
            .Select(_ => random.Next(2) == 0 ? random.Next(1, 600) : random.Next(1, MaxBytes + 1))
            .ToArray();
        var sent = new byte[sizes.Sum()];
        random.NextBytes(sent);
        var received = new byte[sent.Length];
        var (sentEnd, receivedEnd, sending) = (0, 0, Task.CompletedTask);
        foreach (var size in sizes)
        {
            sending = SendAsync(peer, sent.AsMemory(sentEnd, size), sending);
            sentEnd += size;
            var isAwaited = random.Next(3) > 0;
            while (isAwaited && receivedEnd < sentEnd)
                receivedEnd += await ReceiveAsync(peer, received.AsMemory(receivedEnd));
        }

        var ending = EndAsync(peer, sending);
        while (receivedEnd < sent.Length)
            receivedEnd += await ReceiveAsync(peer, received.AsMemory(receivedEnd));
        await ending;
        Assert.True(sent.AsSpan().SequenceEqual(received), $"Stream {seed} returned with different bytes.");
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    private static async Task SendAsync(Socket peer, ReadOnlyMemory<byte> bytes, Task before)
    {
        await before;
        while (!bytes.IsEmpty)
            bytes = bytes[await peer.SendAsync(bytes, TestContext.Current.CancellationToken)..];
    }

    private static async Task EndAsync(Socket peer, Task sent)
    {
        await sent;
        peer.Shutdown(SocketShutdown.Send);
    }

    private static async Task<int> ReceiveAsync(Socket peer, Memory<byte> memory)
    {
        var count = await peer.ReceiveAsync(memory, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, count);
        return count;
    }
}
