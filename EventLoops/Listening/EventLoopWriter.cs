using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// EventLoopWriter collects what goes to a client in buffers, which a flush passes to the <see cref="SendQueue"/>. It holds a buffer only while there
/// are bytes in it.
/// </summary>
internal sealed class EventLoopWriter(SendQueue queue, EventLoopReader input) : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>
    /// Up to this many bytes, such as a response's head, move into a larger buffer in front of the body, so that one send takes both.
    /// </summary>
    private const int JoinedBytes = 1024;

    /// <summary>Full buffers before the current one. Most responses have none.</summary>
    private readonly List<ArraySegment<byte>> _full = new(0);

    private byte[] _buffer = [];
    private int _end;
    private long _unflushed;
    private bool _isComplete;
    private bool _isCancelled;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _end));
        _end += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);

        var sent = PassToQueue();
        if (sent.IsCompleted)
            return new(new FlushResult(false, _isComplete || !sent.Result));
        return cancellationToken.CanBeCanceled ? FinishFlushAsync(sent, cancellationToken) : new(this, queue.Version);
    }

    public override void CancelPendingFlush()
    {
        _isCancelled = true;
        if (!queue.TryEndWait())
            _isCancelled = false;
    }

    public override void Complete(Exception? exception = null)
    {
        if (_isComplete)
            return;

        _isComplete = true;
        if (exception is null)
            PassToQueue();
        else
            Drop();
    }

    public FlushResult GetResult(short token)
    {
        var isAlive = queue.GetResult(token);
        var isCancelled = _isCancelled;
        _isCancelled = false;
        return new(isCancelled, _isComplete || !isAlive);
    }

    public ValueTaskSourceStatus GetStatus(short token) => queue.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        queue.OnCompleted(continuation, state, token, flags);

    private async ValueTask<FlushResult> FinishFlushAsync(ValueTask<bool> sent, CancellationToken cancellation)
    {
        bool isAlive;
        await using (cancellation.UnsafeRegister(static queue => ((SendQueue)queue!).TryEndWait(), queue))
            isAlive = await sent;
        cancellation.ThrowIfCancellationRequested();
        var isCancelled = _isCancelled;
        _isCancelled = false;
        return new(isCancelled, _isComplete || !isAlive);
    }

    private ValueTask<bool> PassToQueue()
    {
        if (_unflushed == 0)
            return new(true);

        _unflushed = 0;
        input.HasResponded = true;
        var last = new ArraySegment<byte>(_buffer, 0, _end);
        _buffer = [];
        _end = 0;
        if (_full.Count == 0)
            return queue.SendAsync(last);

        _full.Add(last);
        var sent = queue.SendAsync(_full);
        _full.Clear();
        return sent;
    }

    private void MakeRoom(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_buffer.Length - _end >= needed)
            return;

        var larger = Buffers.Rent(Math.Max(Buffers.Small, _end <= JoinedBytes ? _end + needed : needed));
        if (_end <= JoinedBytes)
        {
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Buffers.Return(_buffer);
        }
        else
        {
            _full.Add(new(_buffer, 0, _end));
            _end = 0;
        }

        _buffer = larger;
    }

    private void Drop()
    {
        foreach (var full in _full)
            Buffers.Return(full.Array!);
        _full.Clear();
        Buffers.Return(_buffer);
        _buffer = [];
        _end = 0;
        _unflushed = 0;
    }
}
