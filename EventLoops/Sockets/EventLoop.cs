using System.Collections.Concurrent;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// EventLoop is a thread that waits for many sockets and runs the work that follows itself. It reads a request that has arrived, forwards it, and
/// passes the backend's response to the client, without switching threads. So nothing that runs here may block. <c>EventLoop.Turn.cs</c> shows the
/// steps of a turn.
/// </summary>
internal sealed unsafe partial class EventLoop : IDisposable
{
    private const int EventsAtATime = 256;
    private const ulong WakerData = ulong.MaxValue;

    [ThreadStatic]
    private static EventLoop? _current;

    /// <summary>How long disposal waits for the thread, which may be blocked.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;
    private readonly int _set = Native.CreateEventSet();
    private readonly int _waker = Native.CreateWaker();
    private readonly Lock _registering = new();
    private readonly ConcurrentQueue<IReadinessSink> _posted = new();
    private Entry[] _entries = new Entry[64];
    private Queue<IReadinessSink> _redispatched = new();
    private Queue<IReadinessSink> _spare = new();
    private readonly List<SendQueue> _deferred = [];
    private readonly List<SendQueue> _sending = [];
    private readonly List<EventLoopSocket> _receiving = [];
    private readonly bool _usesBatches;
    private CallBatch? _calls;
    private readonly Action<EventLoop, Exception> _failed;
    private uint _generation;
    private int _count;
    private int _turns;
    private bool _hasSeenAll;
    private volatile bool _isWaiting;
    private volatile bool _isStopping;
    private bool _isClosed;

    /// <param name="number">Position among the loops, from 0.</param>
    /// <param name="usesBatches">Whether to make many receives and sends in one system call, where the system supports it.</param>
    /// <param name="failed">Receives exceptions that reach the loop. There should be none: continuations handle their own.</param>
    public EventLoop(int number, bool usesBatches, Action<EventLoop, Exception> failed)
    {
        Number = number;
        _usesBatches = usesBatches;
        _failed = failed;
        if (!Native.TryWatch(_set, _waker, Native.ReadReady, WakerData))
            throw new InvalidOperationException("Cannot set up an event loop: the system's limits do not allow it.");
        _thread = new Thread(Run) { IsBackground = true, Name = $"Event loop {number}" };
        _thread.Start();
    }

    /// <summary>The loop that runs on the current thread; null on other threads.</summary>
    public static EventLoop? Current => _current;

    /// <summary>Position among the loops, from 0.</summary>
    public int Number { get; }

    /// <summary>Whether the loop makes many receives and sends in one system call. Known once its thread has started.</summary>
    public bool UsesBatches => Volatile.Read(ref _calls) is { IsUsable: true };

    /// <summary>Number of sockets watched.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Number of turns so far; null while the loop is idle. If it stays the same for some time, something blocks the thread.</summary>
    public int? Turn => _isWaiting ? null : Volatile.Read(ref _turns);

    /// <summary>Number of turns so far, this one included. Only on the loop's own thread.</summary>
    public int CurrentTurn => _turns;

    /// <summary>
    /// Whether the wait at the beginning of this turn returned the events of all sockets that had any. Only on the loop's own thread.
    /// </summary>
    public bool HasSeenAll => _hasSeenAll;

    /// <summary>The timestamp of the event being handled; 0 until it is first read. Only on the loop's own thread.</summary>
    public long TurnTime { get; set; }

    /// <summary>A bound that the file descriptors of all watched sockets are below.</summary>
    public int HandleLimit => Volatile.Read(ref _entries).Length;

    /// <summary>The watched socket with this file descriptor; null if there is none.</summary>
    public EventLoopSocket? Watched(int handle) => Volatile.Read(ref _entries)[handle]?.Socket;

    /// <summary>Calls the sink after everything else that is ready, so that one busy socket does not monopolize the thread.</summary>
    public void Redispatch(IReadinessSink sink)
    {
        if (_current == this)
        {
            _redispatched.Enqueue(sink);
            return;
        }

        _posted.Enqueue(sink);
        Wake();
    }

    /// <summary>Makes the queue send at the end of the turn. Only on the loop's own thread.</summary>
    public void Defer(SendQueue queue) => _deferred.Add(queue);

    public void Dispose()
    {
        _isStopping = true;
        Wake();
        if (_current != this)
            _thread.Join(EndLimit);
    }

    /// <summary>Begins to watch a socket.</summary>
    /// <returns>False if the system's limits do not allow it, or the loop has ended.</returns>
    internal bool TryAdd(EventLoopSocket socket)
    {
        lock (_registering)
        {
            if (_isClosed)
                return false;

            var generation = ++_generation;
            if (socket.Handle >= _entries.Length)
            {
                var larger = new Entry[Math.Max(_entries.Length * 2, socket.Handle + 1)];
                _entries.CopyTo(larger, 0);
                Volatile.Write(ref _entries, larger);
            }

            // Events may arrive at once, so the entry must exist before.
            _entries[socket.Handle] = new(socket, generation);
            Interlocked.Increment(ref _count);
            const uint events = Native.ReadReady | Native.WriteReady | Native.PeerEnded | Native.EdgeTriggered;
            if (Native.TryWatch(_set, socket.Handle, events, ((ulong)generation << 32) | (uint)socket.Handle))
                return true;

            Remove(socket);
            return false;
        }
    }

    /// <summary>Forgets a socket. Closing it removes it from the kernel's set.</summary>
    internal void Remove(EventLoopSocket socket)
    {
        lock (_registering)
        {
            if (socket.Handle >= _entries.Length || _entries[socket.Handle]?.Socket != socket)
                return;

            _entries[socket.Handle] = null!;
            Interlocked.Decrement(ref _count);
        }
    }

    private void Wake()
    {
        lock (_registering)
        {
            if (!_isClosed)
                Native.Wake(_waker);
        }
    }

    private sealed record Entry(EventLoopSocket Socket, uint Generation);
}
