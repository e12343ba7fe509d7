namespace AspireLB.EventLoops.Sockets;

/// <summary>IReadinessSink is signalled by an event loop when the operation it waits for may succeed.</summary>
internal interface IReadinessSink
{
    /// <summary>Runs on the loop's thread and must not block it.</summary>
    void OnReady();
}

/// <summary>
/// Readiness keeps the state of one direction of a socket. The event loop signals each change once (edge-triggered), so a signal that finds no
/// waiting sink is kept. The user of the socket clears it <em>before</em> the call that may find nothing, so that no signal is lost in between.
/// </summary>
internal struct Readiness
{
    private const int NotReady = 0;
    private const int Ready = 1;
    private const int Waiting = 2;

    private int _state;
    private IReadinessSink? _sink;

    public readonly bool IsReady => Volatile.Read(in _state) == Ready;

    /// <summary>Makes the sink wait for the next signal.</summary>
    /// <returns>False if there already was a signal: the caller continues without waiting.</returns>
    public bool TryWait(IReadinessSink sink)
    {
        _sink = sink;
        return Interlocked.CompareExchange(ref _state, Waiting, NotReady) == NotReady;
    }

    /// <summary>Ends the wait without signalling the sink.</summary>
    /// <returns>False if the sink has been or is being signalled.</returns>
    public bool TryStopWaiting() => Interlocked.CompareExchange(ref _state, NotReady, Waiting) == Waiting;

    /// <summary>Signals the sink whose wait the caller has ended by <see cref="TryStopWaiting"/>: what it waited for is available.</summary>
    public readonly void Notify() => _sink!.OnReady();

    /// <summary>Clears the signal. Only for the user of this direction, and not while it waits.</summary>
    public void Clear() => Volatile.Write(ref _state, NotReady);

    /// <summary>Sets the signal, since there may be more to do. Only for the user of this direction, and not while it waits.</summary>
    public void Set() => Volatile.Write(ref _state, Ready);

    /// <summary>Signals a change. Called by the event loop.</summary>
    public void Signal()
    {
        if (Volatile.Read(in _state) != Ready && Interlocked.Exchange(ref _state, Ready) == Waiting)
            _sink!.OnReady();
    }
}
