namespace AspireLB.EventLoops.Sockets;

/// <summary>A connected, non-blocking stream socket that an event loop watches. One user a direction at a time; <see cref="Abort"/> may come from anywhere.</summary>
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

    /// <summary>Whether a receive may find something: bytes, or the end.</summary>
    public bool HasInput => _ahead is not null || _read.IsReady;

    /// <summary>Whether the peer has ended its direction or the connection is gone; there may be bytes to receive still.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>
    /// Asks the system whether there are neither bytes nor an end to receive: the loop may be about to tell of some, and a receive that took just as
    /// much as it had room for leaves open whether there is more.
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

    /// <summary>Whether the loop has something to tell about it in this turn and has not done so yet. Only on the loop's thread.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>
    /// Whether nothing had come by the beginning of the loop's turn, which was after <paramref name="turn"/>: as good as <see cref="TryConfirmQuiet"/> where
    /// what is sent goes out at the end of the turn, and free. False also where that is not known.
    /// </summary>
    public bool WasQuietAfter(int turn) => EventLoop.Current == Loop && Loop.CurrentTurn != turn && Loop.HasSeenAll && !IsAnnounced && !HasInput && !_hasEnded;

    /// <summary>Starts being watched; false where that is not possible. Signals may come before this returns.</summary>
    public bool TryWatch() => Loop.TryAdd(this);

    /// <summary>Number of bytes, 0 at the end of the stream, or a negated error number; <see cref="Native.WouldBlock"/> where there is nothing yet.</summary>
    public int Receive(Span<byte> buffer)
    {
        if (_ahead is { } ahead)
            return TakeAhead(ahead, buffer);

        _read.Clear();
        var received = _lastReceived = Native.Receive(Handle, buffer);

        // Less than was asked for is all there is; the end is signalled only once, though, and may be behind it.
        if (received == buffer.Length || (_hasEnded && received != -Native.WouldBlock))
            _read.Set();
        return received;
    }

    /// <summary>Number of bytes taken, or a negated error number; <see cref="Native.WouldBlock"/> where there is no room now.</summary>
    public int Send(ReadOnlySpan<byte> buffer)
    {
        BeginSend();
        var sent = Native.Send(Handle, buffer);
        EndSend(sent, buffer.Length);
        return sent;
    }

    /// <summary>Before a call that sends.</summary>
    public void BeginSend() => _write.Clear();

    /// <summary>After it; <paramref name="sent"/> is what it returned.</summary>
    public void EndSend(int sent, int length)
    {
        // A peer that has ended its own direction may take bytes still, as slowly as any other.
        if (sent == length)
            _write.Set();
    }

    /// <summary>Forgets signals so far, before a call that is not <see cref="Receive"/> and may find nothing.</summary>
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

    /// <summary>Ends both directions at once. Whoever waits is told.</summary>
    public void Abort()
    {
        lock (_closing)
        {
            if (!_isClosed)
                Native.Shutdown(Handle);
        }
    }

    /// <summary>Lets go of the socket. Only when no operation is under way.</summary>
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

        // Not given back to be used over: somebody who still took from it, against the rules, would read another's bytes.
        _ahead = null;
        OnClosed();
    }

    /// <summary>By the event loop.</summary>
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
        if (!_owesTelling)
        {
            _read.Signal();
            return;
        }

        _owesTelling = false;
        if (_ahead is null)
            _read.Set();
        _read.Notify();
    }

    /// <summary>It was let go of. Once, on any thread.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>The peer has ended its direction or the connection is gone. On the loop's thread, after the signals.</summary>
    protected virtual void OnEnded()
    {
    }
}
