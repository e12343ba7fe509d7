using System.Net;
using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>Acceptor accepts the connections of a listening socket, on the socket's event loop.</summary>
internal sealed partial class Acceptor : EventLoopSocket, IReadinessSink, IDisposable
{
    /// <summary>Delay after a failed accept. The kernel does not signal when file descriptors or memory become available again.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Action<int, IPEndPoint?> _accepted;
    private readonly ConnectionSlots _slots;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _retry;
    private readonly Action _slotFreed;
    private long? _lastWarning;
    private bool _isStopped;

    /// <param name="loop">The loop that watches the socket.</param>
    /// <param name="handle">The listening socket.</param>
    /// <param name="accepted">Receives each connection's handle and its peer's address; runs on the loop.</param>
    /// <param name="slots">Each connection takes a slot, which its owner releases.</param>
    /// <param name="logger">Receives a warning when connections cannot be accepted.</param>
    /// <param name="time">Clock.</param>
    public Acceptor(EventLoop loop, int handle, Action<int, IPEndPoint?> accepted, ConnectionSlots slots, ILogger logger, TimeProvider time)
        : base(loop, handle)
    {
        _accepted = accepted;
        _slots = slots;
        _slotFreed = () => Loop.Redispatch(this);
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

    /// <summary>Stops accepting. Once this has returned the socket can be closed.</summary>
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
        while (_slots.TryAcquire(_slotFreed))
        {
            var handle = Native.Accept(Handle, address, out var length);
            if (handle >= 0)
            {
                _accepted(handle, SocketAddresses.Read(address[..length]));
                continue;
            }

            _slots.Release();
            switch (-handle)
            {
                case Native.Interrupted or Native.ConnectionAborted:
                    continue;
                case Native.WouldBlock:
                    return;
                default:
                    LogAcceptFailure(-handle);
                    _retry.Change(RetryDelay, Timeout.InfiniteTimeSpan);
                    return;
            }
        }
    }

    private void LogAcceptFailure(int error)
    {
        if (_lastWarning is { } last && _time.GetElapsedTime(last) < WarningInterval)
            return;

        _lastWarning = _time.GetTimestamp();
        Log.CannotAccept(_logger, error == Native.TooManyFiles ? "too many open files; raise the limit (ulimit -n)" : $"error {error}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Cannot accept waiting connections: {Reason}", EventName = "CannotAccept")]
        public static partial void CannotAccept(ILogger logger, string reason);
    }
}
