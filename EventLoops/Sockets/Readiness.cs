namespace AspireLB.EventLoops.Sockets;

/// <summary>Told by an event loop that what it waits for may be done now. Runs on the loop's thread and must not block it.</summary>
internal interface IReadinessSink
{
    void OnReady();
}

/// <summary>
/// What is known about one direction of a socket. The event loop signals each change once (edge-triggered), so a signal that comes while nobody
/// waits is kept. Whoever uses the socket clears it <em>before</em> the call that may find nothing, so that no signal is lost between the two.
/// </summary>
internal struct Readiness
{
    private const int NotReady = 0;
    private const int Ready = 1;
    private const int Waiting = 2;

    private int _state;
    private IReadinessSink? _sink;

    public readonly bool IsReady => Volatile.Read(in _state) == Ready;

    /// <summary>From now on the sink is told at the next signal. False where there was one already: the caller goes on itself.</summary>
    public bool TryWait(IReadinessSink sink)
    {
        _sink = sink;
        return Interlocked.CompareExchange(ref _state, Waiting, NotReady) == NotReady;
    }

    /// <summary>Takes the wait back. False where the sink has been or is being told.</summary>
    public bool TryStopWaiting() => Interlocked.CompareExchange(ref _state, NotReady, Waiting) == Waiting;

    /// <summary>By whoever took the wait back in the sink's stead: whatever it waited for is there.</summary>
    public readonly void Notify() => _sink!.OnReady();

    /// <summary>Only by whoever uses this direction, and not while waiting.</summary>
    public void Clear() => Volatile.Write(ref _state, NotReady);

    /// <summary>Only by whoever uses this direction, and not while waiting: there may be more to do.</summary>
    public void Set() => Volatile.Write(ref _state, Ready);

    /// <summary>By the event loop.</summary>
    public void Signal()
    {
        if (Volatile.Read(in _state) != Ready && Interlocked.Exchange(ref _state, Ready) == Waiting)
            _sink!.OnReady();
    }
}
