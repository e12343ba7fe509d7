using System.Collections.Concurrent;

namespace AspireLB.EventLoops.Sockets;

/// <summary>
/// A thread that waits for many sockets and does what comes next by itself: a request that has arrived is read, forwarded and, when the backend
/// answers, answered on this thread, without handing it to another. So nothing that runs here may block.
/// </summary>
internal sealed unsafe partial class EventLoop : IDisposable
{
    private const int EventsAtATime = 256;
    private const ulong WakerData = ulong.MaxValue;

    [ThreadStatic]
    private static EventLoop? _current;

    /// <summary>How long the end of the program waits for a thread that something blocks.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;
    private readonly int _set = Native.CreateEventSet();
    private readonly int _waker = Native.CreateWaker();
    private readonly Lock _registering = new();
    private readonly ConcurrentQueue<IReadinessSink> _posted = new();
    private Entry[] _entries = new Entry[64];
    private Queue<IReadinessSink> _again = new();
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
    private volatile bool _stops;
    private bool _isClosed;

    /// <param name="number">Position among the loops, from 0.</param>
    /// <param name="usesBatches">Whether many receives and sends are to be one system call, where the system has that.</param>
    /// <param name="failed">Told of exceptions, of which there should be none: continuations deal with their own.</param>
    public EventLoop(int number, bool usesBatches, Action<EventLoop, Exception> failed)
    {
        Number = number;
        _usesBatches = usesBatches;
        _failed = failed;
        if (!Native.TryWatch(_set, _waker, Native.ReadReady, WakerData))
            throw new InvalidOperationException("An event loop cannot be set up: the system's limits do not allow it.");
        _thread = new Thread(Run) { IsBackground = true, Name = $"Event loop {number}" };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is; null on other threads.</summary>
    public static EventLoop? Current => _current;

    /// <summary>Position among the loops, from 0.</summary>
    public int Number { get; }

    /// <summary>Whether many receives and sends are one system call; known once the loop has begun.</summary>
    public bool UsesBatches => Volatile.Read(ref _calls) is { IsUsable: true };

    /// <summary>Sockets watched.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Turns taken so far; null while the loop has nothing to do. Twice the same number some time apart: something blocks the thread.</summary>
    public int? Turn => _isWaiting ? null : Volatile.Read(ref _turns);

    /// <summary>Turns taken so far, this one included. Only on the loop's own thread.</summary>
    public int CurrentTurn => _turns;

    /// <summary>Whether the look at the beginning of this turn has shown every socket that had something new. Only on the loop's own thread.</summary>
    public bool HasSeenAll => _hasSeenAll;

    /// <summary>The time of what is being dealt with, as a timestamp; 0 where nobody has asked yet. Only on the loop's own thread.</summary>
    public long TurnTime { get; set; }

    /// <summary>More than the number of any socket watched.</summary>
    public int HandleLimit => Volatile.Read(ref _entries).Length;

    /// <summary>The socket of this number, if one is watched.</summary>
    public EventLoopSocket? Watched(int handle) => Volatile.Read(ref _entries)[handle]?.Socket;

    /// <summary>Has the sink told once more, after everything else that is ready: so that one busy socket does not keep the thread to itself.</summary>
    public void Redispatch(IReadinessSink sink)
    {
        if (_current == this)
        {
            _again.Enqueue(sink);
            return;
        }

        _posted.Enqueue(sink);
        Wake();
    }

    /// <summary>Has the queue send at the end of the turn. Only on the loop's own thread.</summary>
    public void Defer(SendQueue queue) => _deferred.Add(queue);

    public void Dispose()
    {
        _stops = true;
        Wake();
        if (_current != this)
            _thread.Join(EndLimit);
    }

    /// <summary>False where the system's limits do not allow it, or the program is about to end.</summary>
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

            // Events may come at once, so the entry is there before.
            _entries[socket.Handle] = new(socket, generation);
            Interlocked.Increment(ref _count);
            const uint events = Native.ReadReady | Native.WriteReady | Native.PeerEnded | Native.EdgeTriggered;
            if (Native.TryWatch(_set, socket.Handle, events, ((ulong)generation << 32) | (uint)socket.Handle))
                return true;

            Remove(socket);
            return false;
        }
    }

    /// <summary>Closing the socket takes it out of the kernel's set; here it is only forgotten.</summary>
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
