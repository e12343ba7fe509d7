using System.Threading.Channels;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>
/// One reader's stream, with a short queue of frames. A reader that falls further behind is dropped, since half of the changes would be worse
/// than none; it reconnects and gets a snapshot.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    public const int Backlog = 8;

    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    private readonly CancellationTokenSource _dropped = new();

    /// <summary>Queues a frame without waiting; drops the reader if its queue is full.</summary>
    public void Send(ReadOnlyMemory<byte> frame)
    {
        if (!_frames.Writer.TryWrite(frame))
            _ = _dropped.CancelAsync(); // asynchronously: callbacks must not run under the caller's lock
    }

    /// <summary>Writes frames until the reader disconnects or has fallen behind.</summary>
    public async Task PumpAsync(Stream output, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _dropped.Token);
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync(ends.Token))
                await output.WriteAsync(frame, ends.Token);
        }
        catch (Exception) when (ends.IsCancellationRequested)
        {
            // The reader has disconnected or was dropped, or the balancer is stopping.
        }
    }

    public void Dispose() => _dropped.Dispose();
}
