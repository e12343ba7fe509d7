using System.Threading.Tasks.Sources;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// SendQueue sends the bytes of one socket. Bytes queued on the event loop's own thread are sent at the end of the loop's turn, after everything that
/// has arrived is handled: peers on other cores then get their work at once and stay awake, where single sends would wake them again and again. Bytes
/// queued on other threads are sent immediately. When the socket takes no more, the caller waits, which gives back-pressure.
/// </summary>
internal sealed partial class SendQueue(EventLoopSocket socket) : IReadinessSink, IValueTaskSource<bool>
{
    /// <summary>The most bytes held back until the end of the turn.</summary>
    private const int MaxDeferredBytes = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<ArraySegment<byte>> _more = new(0);
    private ManualResetValueTaskSourceCore<bool> _waiter;
    private ArraySegment<byte> _first;
    private ReadOnlyMemory<byte> _borrowed;
    private State _state;
    private long _bytes;
    private bool _hasWaiter;

    private enum State
    {
        /// <summary>Nothing to send.</summary>
        Idle,

        /// <summary>The loop sends at the end of its turn.</summary>
        Deferred,

        /// <summary>The socket takes no more; the loop sends when it does.</summary>
        Blocked,

        /// <summary>The connection is closed. Queued bytes are dropped.</summary>
        Broken,
    }

    /// <summary>Whether everything queued has been sent.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _state == State.Idle && !_hasWaiter;
        }
    }

    /// <summary>The token of the current wait, for a caller that wraps it in its own value task.</summary>
    public short Version => _waiter.Version;

    /// <summary>Queues a rented array, which is returned once it is sent.</summary>
    /// <returns>Completes when the caller may queue more: true, or false if the connection is closed.</returns>
    public ValueTask<bool> SendAsync(ArraySegment<byte> rented)
    {
        lock (_gate)
        {
            Add(rented);
            return ProceedAsync();
        }
    }

    /// <summary>Queues a rented array and sends it without waiting for the end of the turn.</summary>
    public ValueTask<bool> SendAtOnceAsync(ArraySegment<byte> rented)
    {
        lock (_gate)
        {
            Add(rented);
            return SendNowAsync();
        }
    }

    /// <summary>Queues several rented arrays.</summary>
    public ValueTask<bool> SendAsync(List<ArraySegment<byte>> rented)
    {
        lock (_gate)
        {
            foreach (var segment in rented)
                Add(segment);
            return ProceedAsync();
        }
    }

    /// <summary>Sends memory that the caller owns and must not change until the returned task completes.</summary>
    public ValueTask<bool> SendBorrowedAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_state == State.Broken)
                return new(false);
            _borrowed = bytes;
            return SendNowAsync();
        }
    }

    /// <summary>Completes when everything queued has been sent, or the connection is closed.</summary>
    public ValueTask<bool> DrainAsync()
    {
        lock (_gate)
            return SendNowAsync();
    }

    /// <summary>
    /// Stops sending, and ends a wait as for a closed connection. Call this before the socket is closed, because its file descriptor may be reused at
    /// once.
    /// </summary>
    public void Fail()
    {
        lock (_gate)
        {
            _state = State.Broken;
            Drop();
            if (!_hasWaiter)
                return;
            _hasWaiter = false;
        }

        _waiter.SetResult(false);
    }

    /// <summary>Sends the deferred bytes. Called by the event loop at the end of its turn.</summary>
    public void SendDeferred()
    {
        lock (_gate)
        {
            if (_state == State.Deferred)
                TrySend();
        }
    }

    /// <summary>Sends more, now that the socket has room again.</summary>
    public void OnReady()
    {
        lock (_gate)
        {
            if (_state != State.Blocked)
                return;

            _state = State.Idle;
            TrySend();
            if (_state == State.Blocked || !_hasWaiter)
                return;
            _hasWaiter = false;
        }

        // Outside the lock: the continuation may send.
        _waiter.SetResult(_state != State.Broken);
    }

    /// <summary>Ends the current wait early. Queued bytes are sent all the same.</summary>
    /// <returns>False if there is no wait.</returns>
    public bool TryEndWait()
    {
        lock (_gate)
        {
            if (!_hasWaiter)
                return false;
            _hasWaiter = false;
        }

        _waiter.SetResult(_state != State.Broken);
        return true;
    }

    public bool GetResult(short token)
    {
        var result = _waiter.GetResult(token);
        _waiter.Reset();
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _waiter.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private ValueTask<bool> ProceedAsync()
    {
        if (_state is State.Idle or State.Deferred && _bytes <= MaxDeferredBytes && EventLoop.Current == socket.Loop)
        {
            if (_state == State.Idle && _bytes > 0)
            {
                _state = State.Deferred;
                socket.Loop.Defer(this);
            }

            return new(true);
        }

        return SendNowAsync();
    }

    private ValueTask<bool> SendNowAsync()
    {
        if (_state is State.Idle or State.Deferred)
            TrySend();
        if (_state != State.Blocked)
            return new(_state != State.Broken);

        _hasWaiter = true;
        return new(this, _waiter.Version);
    }
}
