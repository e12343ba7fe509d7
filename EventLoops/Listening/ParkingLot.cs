using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// Sockets of a listener's clients that are idle between two requests, with nothing of Kestrel around them: a few hundred bytes each instead of
/// several thousand. To Kestrel such a connection has ended; when bytes arrive it is one that has just been accepted.
/// </summary>
internal sealed class ParkingLot : IDisposable
{
    /// <summary>While there are too few connections to park any.</summary>
    private static readonly TimeSpan LongInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer is for ever, as Kestrel's "no limit" is.</summary>
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

    /// <param name="loops">The loops whose sockets are looked at.</param>
    /// <param name="settings">When connections are parked.</param>
    /// <param name="keepAlive">How long a connection may be idle before it is closed, parked or not.</param>
    /// <param name="time">Clock.</param>
    /// <param name="resumed">Given each socket on which something has arrived.</param>
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

    /// <summary>Sockets parked now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _parked.Count;
        }
    }

    /// <summary>False when the listener is closed, and the socket must be too.</summary>
    public bool TryPark(ClientSocket socket)
    {
        var idle = Settings.Interval * socket.Patience;
        lock (_gate)
        {
            if (_isClosed)
                return false;

            socket.Connection = null;
            socket.Deadline = DeadlineAfter(_keepAlive > idle ? _keepAlive - idle : TimeSpan.Zero);
            socket.Place = _parked.AddLast(socket);
            _everParked++;
        }

        // What has arrived meanwhile is not told again.
        if (!socket.TryWaitForInput(socket))
            socket.OnReady();
        return true;
    }

    /// <summary>False where somebody else has.</summary>
    public bool TryTake(ClientSocket socket)
    {
        lock (_gate)
        {
            if (socket.Place is not { } place)
                return false;

            _parked.Remove(place);
            socket.Place = null;
            return true;
        }
    }

    /// <summary>Gives a socket that was taken back to Kestrel.</summary>
    public void Resume(ClientSocket socket)
    {
        socket.Patience = Math.Min(socket.Patience * 2, Settings.MaxQuietSweeps);
        _resumed(socket);
    }

    /// <summary>Closes what is parked, and parks nothing more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        _timer.Dispose();
        EndWhile(static _ => true);
    }

    private void StartSweep()
    {
        var now = _time.GetTimestamp();
        EndWhile(socket => socket.Deadline <= now);
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

    // The longest parked are first, and the first to be due; but for those with more patience, which may be closed half a minute late.
    private void EndWhile(Func<ClientSocket, bool> isDue)
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
