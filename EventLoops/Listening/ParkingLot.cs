using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// ParkingLot keeps the sockets of a listener's clients that are idle between two requests, without Kestrel's connection objects: a few hundred bytes
/// each instead of several thousand. To Kestrel a parked connection has ended; when bytes arrive, Kestrel gets it as a newly accepted one.
/// </summary>
internal sealed class ParkingLot : IDisposable
{
    /// <summary>Interval between sweeps while there are too few connections to park any.</summary>
    private static readonly TimeSpan LongInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A keep-alive time longer than this, such as Kestrel's "no limit", counts as unlimited.</summary>
    private static readonly TimeSpan LongestKept = TimeSpan.FromDays(365);

    private readonly Lock _gate = new();
    private readonly LinkedList<ClientSocket> _parked = new();
    private readonly EventLoopGroup _loops;
    private readonly TimeSpan _keepAlive;
    private readonly TimeProvider _time;
    private readonly Action<ClientSocket> _resumed;
    private readonly ParkingSweep[] _sweeps;
    private readonly IdleCollection _collection;
    private readonly ITimer _timer;
    private long _everParked;
    private bool _isClosed;

    /// <param name="loops">The loops whose sockets the sweeps check.</param>
    /// <param name="settings">When connections are parked.</param>
    /// <param name="keepAlive">How long a connection may be idle before it is closed, parked or not.</param>
    /// <param name="time">Clock.</param>
    /// <param name="resumed">Receives each parked socket on which bytes have arrived.</param>
    public ParkingLot(EventLoopGroup loops, ParkingSettings settings, TimeSpan keepAlive, TimeProvider time, Action<ClientSocket> resumed)
    {
        _loops = loops;
        _keepAlive = keepAlive;
        _time = time;
        _resumed = resumed;
        Settings = settings;
        _collection = new(settings.WorthCollecting);
        _sweeps = [.. loops.All.Select(loop => new ParkingSweep(loop, this))];
        _timer = time.CreateTimer(static state => ((ParkingLot)state!).StartSweep(), this, LongInterval, Timeout.InfiniteTimeSpan);
    }

    public ParkingSettings Settings { get; }

    /// <summary>Number of parked sockets.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _parked.Count;
        }
    }

    /// <summary>Parks a socket.</summary>
    /// <returns>False if the listener is closed; the caller then closes the socket.</returns>
    public bool TryPark(ClientSocket socket)
    {
        var idle = Settings.Interval * socket.RequiredQuietSweeps;
        lock (_gate)
        {
            if (_isClosed)
                return false;

            socket.Connection = null;
            socket.Deadline = DeadlineAfter(_keepAlive > idle ? _keepAlive - idle : TimeSpan.Zero);
            socket.ParkedNode = _parked.AddLast(socket);
            _everParked++;
        }

        // Input that arrived in the meantime is not signalled again.
        if (!socket.TryWaitForInput(socket))
            socket.OnReady();
        return true;
    }

    /// <summary>Takes a socket out of the lot.</summary>
    /// <returns>False if another thread has already taken it.</returns>
    public bool TryTake(ClientSocket socket)
    {
        lock (_gate)
        {
            if (socket.ParkedNode is not { } node)
                return false;

            _parked.Remove(node);
            socket.ParkedNode = null;
            return true;
        }
    }

    /// <summary>Returns a socket that was taken out of the lot to Kestrel.</summary>
    public void Resume(ClientSocket socket)
    {
        socket.RequiredQuietSweeps = Math.Min(socket.RequiredQuietSweeps * 2, Settings.MaxQuietSweeps);
        _resumed(socket);
    }

    /// <summary>Closes the parked sockets and parks no more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        _timer.Dispose();
        CloseWhile(static _ => true);
    }

    private void StartSweep()
    {
        var now = _time.GetTimestamp();
        CloseWhile(socket => socket.Deadline <= now);
        var isFull = _loops.Sockets >= Settings.Sockets;
        if (isFull)
        {
            foreach (var sweep in _sweeps)
                sweep.Start();
        }

        _collection.ObserveTraffic(Volatile.Read(ref _everParked), GC.GetTotalAllocatedBytes());
        lock (_gate)
        {
            if (!_isClosed)
                _timer.Change(isFull ? Settings.Interval : LongInterval, Timeout.InfiniteTimeSpan);
        }
    }

    // The list is in the order of parking, which is nearly the order of deadlines. A socket that needed more quiet sweeps may be closed up to half a
    // minute late, because it is behind others whose deadline is later.
    private void CloseWhile(Func<ClientSocket, bool> isDue)
    {
        while (true)
        {
            ClientSocket? first;
            lock (_gate)
                first = _parked.First?.Value;
            if (first is null || !isDue(first))
                return;
            if (TryTake(first))
                first.End();
        }
    }

    private long DeadlineAfter(TimeSpan duration) =>
        duration > LongestKept ? long.MaxValue : _time.GetTimestamp() + (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
