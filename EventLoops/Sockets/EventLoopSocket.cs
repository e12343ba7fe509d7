namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// EventLoopSocket is a non-blocking stream socket that an event loop watches. Each direction may have one user at a time. <see cref="Abort"/> may be
/// called from any thread.
/// </summary>
internal partial class EventLoopSocket
{
    private readonly Lock _closing = new();
    private Readiness _read;
    private Readiness _write;
    private volatile bool _hasEnded;
    private bool _isClosed;

    public EventLoopSocket(EventLoop loop, int handle)
    {
        Loop = loop;
        Handle = handle;
    }

    public EventLoop Loop { get; }

    public int Handle { get; }

    /// <summary>Whether a receive may find bytes or the end of the stream.</summary>
    public bool HasInput => _ahead is not null || _read.IsReady;

    /// <summary>Whether the peer has closed its direction or the connection has failed. There may still be bytes to receive.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>
    /// Asks the kernel whether there is neither a byte nor the end of the stream to receive. The state known here is not enough: the loop may not
    /// have signalled new input yet, and a receive that filled its buffer leaves open whether there is more.
    /// </summary>
    public bool TryConfirmQuiet()
    {
        if (_ahead is not null)
            return false;

        _read.Clear();
        if (Native.Peek(Handle) == -Native.WouldBlock)
            return true;

        _read.Set();
        return false;
    }

    /// <summary>
    /// Whether the loop has an event for this socket in the current turn that it has not dispatched yet. Only on the loop's thread.
    /// </summary>
    public bool IsAnnounced { get; set; }

    /// <summary>
    /// Whether nothing had arrived by the beginning of the loop's current turn, which is later than <paramref name="turn"/>. For bytes that are sent
    /// at the end of the turn this is as good as <see cref="TryConfirmQuiet"/>, and needs no system call. False also if the loop can't tell.
    /// </summary>
    public bool WasQuietAfter(int turn) =>
        EventLoop.Current == Loop && Loop.CurrentTurn != turn && Loop.HasSeenAll && !IsAnnounced && !HasInput && !_hasEnded;

    /// <summary>Makes the loop watch the socket. Signals may come before this returns.</summary>
    /// <returns>False if the loop can't watch it.</returns>
    public bool TryWatch() => Loop.TryAdd(this);

    /// <summary>Receives the bytes that have arrived.</summary>
    /// <returns>
    /// The number of bytes, 0 at the end of the stream, or a negated error number: <see cref="Native.WouldBlock"/> if there is nothing yet.
    /// </returns>
    public int Receive(Span<byte> buffer)
    {
        if (_ahead is { } ahead)
            return TakeAhead(ahead, buffer);

        _read.Clear();
        var received = _lastReceived = Native.Receive(Handle, buffer);

        // A receive that does not fill the buffer has taken everything. The end of the stream is signalled only once, though, and may still follow.
        if (received == buffer.Length || (_hasEnded && received != -Native.WouldBlock))
            _read.Set();
        return received;
    }

    /// <summary>Sends as many bytes as the socket has room for.</summary>
    /// <returns>The number of bytes sent, or a negated error number: <see cref="Native.WouldBlock"/> if there is no room now.</returns>
    public int Send(ReadOnlySpan<byte> buffer)
    {
        BeginSend();
        var sent = Native.Send(Handle, buffer);
        EndSend(sent, buffer.Length);
        return sent;
    }

    /// <summary>Prepares for a system call that sends.</summary>
    public void BeginSend() => _write.Clear();

    /// <summary>Records the result of a system call that sends.</summary>
    /// <param name="sent">What the call returned.</param>
    /// <param name="length">Number of bytes passed to the call.</param>
    public void EndSend(int sent, int length)
    {
        // A peer that has closed its own direction may still take bytes, as slowly as any other.
        if (sent == length)
            _write.Set();
    }

    /// <summary>Clears earlier signals, before a system call other than <see cref="Receive"/> that may find nothing.</summary>
    protected void ClearInput() => _read.Clear();

    /// <inheritdoc cref="Readiness.TryWait"/>
    public bool TryWaitForInput(IReadinessSink sink)
    {
        _mayReceiveAhead = false;
        return _read.TryWait(sink);
    }

    /// <inheritdoc cref="Readiness.TryWait"/>
    public bool TryWaitForRoom(IReadinessSink sink) => _write.TryWait(sink);

    /// <inheritdoc cref="Readiness.TryStopWaiting"/>
    public bool TryStopWaitingForInput() => _read.TryStopWaiting();

    /// <summary>Shuts down both directions. Waiting sinks are signalled.</summary>
    public void Abort()
    {
        lock (_closing)
        {
            if (!_isClosed)
                Native.Shutdown(Handle);
        }
    }

    /// <summary>Closes the socket. Call this only while no operation is in progress.</summary>
    public void Close()
    {
        lock (_closing)
        {
            if (_isClosed)
                return;

            _isClosed = true;
            Loop.Remove(this);
            Native.Close(Handle);
        }

        // Do not return the array to the pool: a caller that still used this socket, against the rules, could read another connection's bytes.
        _ahead = null;
        OnClosed();
    }

    /// <summary>Handles the events of this socket. Called by the event loop.</summary>
    internal void OnEvents(uint events)
    {
        const uint ended = Native.PeerEnded | Native.HangUp | Native.Error;
        IsAnnounced = false;
        var isEnd = (events & ended) != 0 && !_hasEnded;
        if (isEnd)
            _hasEnded = true;
        if ((events & (Native.WriteReady | Native.HangUp | Native.Error)) != 0)
            _write.Signal();
        if ((events & (Native.ReadReady | ended)) != 0)
            SignalInput();
        if (isEnd)
            OnEnded();
    }

    private void SignalInput()
    {
        if (!_owesSignal)
        {
            _read.Signal();
            return;
        }

        _owesSignal = false;
        if (_ahead is null)
            _read.Set();
        _read.Notify();
    }

    /// <summary>Runs once after the socket was closed, on any thread.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>Runs when the peer has closed its direction or the connection has failed: on the loop's thread, after the signals.</summary>
    protected virtual void OnEnded()
    {
    }
}
