using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using AspireLB.EventLoops.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// EventLoopReader reads what a client sends. The reader itself receives: there is no receive loop, no second pipe and no switch between threads.
/// It holds a buffer only while there are bytes in it, so an idle connection holds none. It receives only when a read asks for bytes, which gives
/// back-pressure.
/// </summary>
internal sealed partial class EventLoopReader(EventLoopSocket socket) : PipeReader, IReadinessSink, IValueTaskSource<ReadResult>
{
    /// <summary>Receives that may follow one another without a wait, before the other sockets of the loop get their turn.</summary>
    private const int MaxInARow = 16;

    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[] _buffer = [];
    private int _start;
    private int _examined;
    private int _end;
    private int _inARow;
    private bool _isEnded;
    private bool _expectsMore;
    private bool _isComplete;
    private int _isCancelled;
    private CancellationToken _token;

    /// <summary>The reason why the connection was aborted, which later reads throw; null if it was not.</summary>
    public Exception? AbortedBy { get; set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out var result))
        {
            _inARow = 0;
            return new(result);
        }

        return cancellationToken.CanBeCanceled ? ReceiveAsync(cancellationToken) : ReceiveAsync();
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfComplete();
        if (_examined < _end || _isEnded || Volatile.Read(ref _isCancelled) != 0)
        {
            result = Result(TakeCancellation());
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer.Length == 0)
            return;

        HasResponded &= consumed.GetObject() is null || consumed.GetInteger() == _start;
        _start = consumed.GetObject() is null ? _start : consumed.GetInteger();
        _examined = examined.GetObject() is null ? _examined : Math.Max(_start, examined.GetInteger());
        if (_start == _end)
            ReturnBuffer();
    }

    public override void CancelPendingRead()
    {
        Volatile.Write(ref _isCancelled, 1);
        EndWait();
    }

    public override void Complete(Exception? exception = null)
    {
        _isComplete = true;
        ReturnBuffer();
    }

    public ReadResult GetResult(short token)
    {
        var result = _source.GetResult(token);
        _source.Reset();
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Completes the waiting read: its input has arrived, or it had yielded to other sockets and its turn has come.</summary>
    public void OnReady()
    {
        _inARow = 0;
        while (!TryEndCancelledRead())
        {
            var error = Receive();
            if (error == 0)
            {
                _source.SetResult(Result(isCancelled: false));
                return;
            }

            if (error != Native.WouldBlock)
            {
                _source.SetException(FailureOf(error));
                return;
            }

            if (!socket.TryWaitToReceive(this))
                continue;

            // A cancellation before the wait began found no read to end: check again.
            if (!IsReadCancelled || !socket.TryStopWaitingForInput())
                return;
        }
    }

    private ValueTask<ReadResult> ReceiveAsync()
    {
        while (true)
        {
            if (socket.HasInput)
            {
                if (++_inARow > MaxInARow)
                {
                    socket.Loop.Redispatch(this);
                    return new(this, _source.Version);
                }

                var error = Receive();
                if (error == 0)
                    return new(Result(isCancelled: false));
                if (error != Native.WouldBlock)
                    return ValueTask.FromException<ReadResult>(FailureOf(error));
            }

            if (socket.TryWaitToReceive(this))
            {
                // A cancellation before the wait began found no read to end: check again.
                if (Volatile.Read(ref _isCancelled) != 0 && socket.TryStopWaitingForInput())
                    return new(Result(TakeCancellation()));
                return new(this, _source.Version);
            }
        }
    }

    /// <summary>Receives with a cancellation token, as upgraded connections do.</summary>
    private async ValueTask<ReadResult> ReceiveAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _token = cancellation;
        try
        {
            var received = ReceiveAsync();
            await using (cancellation.UnsafeRegister(static state => ((EventLoopReader)state!).EndWait(), this))
                return await received;
        }
        finally
        {
            _token = default;
        }
    }

    private void EndWait()
    {
        if (socket.TryStopWaitingForInput())
            TryEndCancelledRead();
    }

    /// <summary>Completes the waiting read if it was cancelled.</summary>
    private bool TryEndCancelledRead()
    {
        if (TakeCancellation())
            _source.SetResult(Result(isCancelled: true));
        else if (_token.IsCancellationRequested)
            _source.SetException(new OperationCanceledException(_token));
        else
            return false;
        return true;
    }

    private ReadResult Result(bool isCancelled) => new(new(_buffer, _start, _end - _start), isCancelled, _isEnded);

    private bool TakeCancellation() => Interlocked.Exchange(ref _isCancelled, 0) != 0;

    private Exception FailureOf(int error) =>
        AbortedBy ?? new ConnectionResetException($"The client's connection failed with error {error}.");

    private void ThrowIfComplete()
    {
        if (_isComplete)
            throw new InvalidOperationException("Reading is not allowed after the reader was completed.");
    }
}
