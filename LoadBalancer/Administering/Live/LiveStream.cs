using System.Threading.Channels;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>
/// One reader's stream: a few frames wait for it at most. Who falls further behind is let go, since half of the changes would be worse
/// than none; it comes back for a snapshot.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    public const int Backlog = 8;

    private readonly Channel<ReadOnlyMemory<byte>> _frames = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    private readonly CancellationTokenSource _dropped = new();

    /// <summary>Never waits.</summary>
    public void Send(ReadOnlyMemory<byte> frame)
    {
        if (!_frames.Writer.TryWrite(frame))
            _ = _dropped.CancelAsync(); // not here: who is told would run under the caller's lock
    }

    /// <summary>Hands frames over until the reader leaves or has fallen behind.</summary>
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
            // Gone, dropped or stopping: nothing is owed to anybody.
        }
    }

    public void Dispose() => _dropped.Dispose();
}
