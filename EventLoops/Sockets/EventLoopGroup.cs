using System.Runtime.InteropServices;

namespace AspireLB.EventLoops.Sockets;

/// <summary>EventLoopGroup owns the event loops, one for each processor.</summary>
internal sealed partial class EventLoopGroup : IDisposable
{
    /// <summary>A loop that stays in the same turn for this long is reported as blocked.</summary>
    private static readonly TimeSpan BlockedAfter = TimeSpan.FromSeconds(2);

    private readonly EventLoop[] _loops;
    private readonly int?[] _turns;
    private readonly ILogger<EventLoopGroup> _logger;
    private readonly ITimer _watch;
    private bool _reportsCalls;
    private uint _next;

    public EventLoopGroup(int count, ILogger<EventLoopGroup> logger, TimeProvider time, bool usesBatches = true)
    {
        _logger = logger;
        _reportsCalls = usesBatches;
        _loops = new EventLoop[count];
        _turns = new int?[count];
        for (var i = 0; i < count; i++)
            _loops[i] = new(i, usesBatches, (loop, error) => Log.Failed(logger, loop.Number, error));
        _watch = time.CreateTimer(static state => ((EventLoopGroup)state!).ReportBlocked(), this, BlockedAfter, BlockedAfter);
    }

    /// <summary>Whether the event loops support this operating system and processor.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public int Count => _loops.Length;

    public IReadOnlyList<EventLoop> All => _loops;

    /// <summary>Number of sockets that all loops together watch.</summary>
    public int Sockets => _loops.Sum(loop => loop.Count);

    /// <summary>
    /// The loop for a new socket: the one that runs the caller, if it belongs to this group, or else the one that watches the fewest sockets. A loop
    /// of another group, such as that of a stopped server in this process, may be about to end and would then never signal the socket.
    /// </summary>
    public EventLoop ForCurrentThread() => EventLoop.Current is { } here && Array.IndexOf(_loops, here) >= 0 ? here : LeastLoaded();

    /// <summary>The loop that watches the fewest sockets. Loops with equally few take turns.</summary>
    public EventLoop LeastLoaded()
    {
        var start = Interlocked.Increment(ref _next);
        var best = _loops[start % _loops.Length];
        for (var i = 1; i < _loops.Length; i++)
        {
            var other = _loops[(start + i) % _loops.Length];
            if (other.Count < best.Count)
                best = other;
        }

        return best;
    }

    public void Dispose()
    {
        _watch.Dispose();
        foreach (var loop in _loops)
            loop.Dispose();
    }

    private void ReportBlocked()
    {
        if (_reportsCalls)
        {
            _reportsCalls = false;
            if (!_loops[0].UsesBatches)
                Log.CallsOneByOne(_logger);
        }

        for (var i = 0; i < _loops.Length; i++)
        {
            var turn = _loops[i].Turn;
            if (turn is not null && turn == _turns[i])
                Log.Blocked(_logger, i, BlockedAfter.TotalSeconds);
            _turns[i] = turn;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Event loop {Loop} continues after an unhandled exception", EventName = "LoopFailed")]
        public static partial void Failed(ILogger logger, int loop, Exception error);

        [LoggerMessage(
            3,
            LogLevel.Debug,
            "Each receive and send is a separate system call: io_uring is not available or not allowed",
            EventName = "CallsOneByOne")]
        public static partial void CallsOneByOne(ILogger logger);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "Event loop {Loop} has been blocked for {Seconds} s: some code in the request path blocks its thread",
            EventName = "LoopBlocked")]
        public static partial void Blocked(ILogger logger, int loop, double seconds);
    }
}
