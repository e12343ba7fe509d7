using System.Net;
using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>A listening socket on its event loop: takes the connections that have come.</summary>
internal sealed partial class Acceptor : EventLoopSocket, IReadinessSink, IDisposable
{
    /// <summary>What is short (file handles, memory) may be there in a moment; the kernel does not say when.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Action<int, IPEndPoint?> _accepted;
    private readonly ConnectionSlots _places;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _retry;
    private readonly Action _placeFreed;
    private long? _warned;
    private bool _isStopped;

    /// <param name="loop">The loop that watches.</param>
    /// <param name="handle">The listening socket.</param>
    /// <param name="accepted">Given each connection's handle and its peer's address; runs on the loop.</param>
    /// <param name="places">A connection takes one, which the receiver gives back.</param>
    /// <param name="logger">Told of connections that cannot be accepted.</param>
    /// <param name="time">Clock.</param>
    public Acceptor(EventLoop loop, int handle, Action<int, IPEndPoint?> accepted, ConnectionSlots places, ILogger logger, TimeProvider time)
        : base(loop, handle)
    {
        _accepted = accepted;
        _places = places;
        _placeFreed = () => Loop.Redispatch(this);
        _logger = logger;
        _time = time;
        _retry = time.CreateTimer(
            static state => ((Acceptor)state!).Loop.Redispatch((Acceptor)state), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        TryWaitForInput(this);
        if (!TryWatch())
            throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    public void OnReady()
    {
        ClearInput();
        lock (_gate)
        {
            if (!_isStopped)
                AcceptAll();
        }

        if (!TryWaitForInput(this))
            Loop.Redispatch(this);
    }

    /// <summary>Accepts nothing more once this has returned, so that the socket can be closed.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isStopped = true;
        Loop.Remove(this);
        _retry.Dispose();
    }

    private void AcceptAll()
    {
        Span<byte> address = stackalloc byte[128];
        while (_places.TryAcquire(_placeFreed))
        {
            var handle = Native.Accept(Handle, address, out var length);
            if (handle >= 0)
            {
                _accepted(handle, SocketAddresses.Read(address[..length]));
                continue;
            }

            _places.Release();
            switch (-handle)
            {
                case Native.Interrupted or Native.ConnectionAborted:
                    continue;
                case Native.WouldBlock:
                    return;
                default:
                    LogAcceptFailure(-handle);
                    _retry.Change(Pause, Timeout.InfiniteTimeSpan);
                    return;
            }
        }
    }

    private void LogAcceptFailure(int error)
    {
        if (_warned is { } warned && _time.GetElapsedTime(warned) < BetweenWarnings)
            return;

        _warned = _time.GetTimestamp();
        Log.CannotAccept(_logger, error == Native.TooManyFiles ? "too many open files; raise the limit (ulimit -n)" : $"error {error}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Connections wait that cannot be accepted: {Reason}", EventName = "CannotAccept")]
        public static partial void CannotAccept(ILogger logger, string reason);
    }
}
