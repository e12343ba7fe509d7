using System.Threading.Tasks.Sources;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// The sending direction of a socket. What is handed over on the event loop's own thread goes out at the end of the loop's turn, when everything that
/// had arrived is dealt with: peers on other cores then get work in one go and stay awake, where single sends would wake them time and again. From
/// other threads it goes out at once. Once the socket takes no more, whoever hands over waits: that is the back-pressure.
/// </summary>
internal sealed partial class SendQueue(EventLoopSocket socket) : IReadinessSink, IValueTaskSource<bool>
{
    /// <summary>More than this is not held back until the end of the turn.</summary>
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

        /// <summary>The connection is gone. Whatever is handed over is dropped.</summary>
        Broken,
    }

    /// <summary>Whether everything handed over has gone to the socket.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _state == State.Idle && !_hasWaiter;
        }
    }

    /// <summary>Names the wait under way, for whoever passes it on in another form.</summary>
    public short Version => _waiter.Version;

    /// <summary>Hands over a rented array, which is returned once it is sent. True when more may be handed over; false when the connection is gone.</summary>
    public ValueTask<bool> SendAsync(ArraySegment<byte> rented)
    {
        lock (_gate)
        {
            Add(rented);
            return ProceedAsync();
        }
    }

    /// <summary>Hands over a rented array that does not wait for the end of the turn.</summary>
    public ValueTask<bool> SendAtOnceAsync(ArraySegment<byte> rented)
    {
        lock (_gate)
        {
            Add(rented);
            return SendNowAsync();
        }
    }

    /// <summary>Hands over several rented arrays.</summary>
    public ValueTask<bool> SendAsync(List<ArraySegment<byte>> rented)
    {
        lock (_gate)
        {
            foreach (var segment in rented)
                Add(segment);
            return ProceedAsync();
        }
    }

    /// <summary>Sends memory that stays the caller's and must not change until this is over.</summary>
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

    /// <summary>Ends when everything handed over has been sent, or the connection is gone.</summary>
    public ValueTask<bool> DrainAsync()
    {
        lock (_gate)
            return SendNowAsync();
    }

    /// <summary>Sends nothing more, before the socket is let go of: its number may be another's at once. Whoever waits is told that the connection is gone.</summary>
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

    /// <summary>At the end of the loop's turn.</summary>
    public void SendDeferred()
    {
        lock (_gate)
        {
            if (_state == State.Deferred)
                TrySend();
        }
    }

    /// <summary>The socket takes more.</summary>
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

        // Not under the lock: what comes next may well send.
        _waiter.SetResult(_state != State.Broken);
    }

    /// <summary>Ends a wait before its time; what was handed over is sent all the same. False where nobody waits.</summary>
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
