using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// ConnectionSlots limits how many client connections the data listeners hold in all. While every slot is taken no connection is accepted: new ones
/// wait in the kernel's backlog, and the remaining file descriptors serve the clients that are already connected.
/// </summary>
internal sealed partial class ConnectionSlots(int limit, ILogger<ConnectionSlots> logger, TimeProvider time)
{
    /// <summary>File descriptors used by neither clients nor backends: the program's own files, listeners, probes, the admin API, logs.</summary>
    public const int OwnDescriptors = 320;

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<Action> _waiting = [];
    private long? _lastWarning;
    private int _taken;
    private long _pauses;

    public int Limit => limit;

    public int InUse => Volatile.Read(ref _taken);

    /// <summary>How many times accepting had to wait for a slot.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>The limit in effect: the configured one, or one that leaves a descriptor for a backend connection for each client.</summary>
    /// <param name="configured">The configured limit; 0 derives it from <paramref name="descriptors"/>.</param>
    /// <param name="descriptors">File descriptors that the process may have open.</param>
    public static int LimitOf(int configured, long descriptors) =>
        configured > 0 ? configured : (int)Math.Clamp((descriptors - OwnDescriptors) / 2, 16, int.MaxValue);

    public static ConnectionSlots Create(int configured, IServiceProvider services) => new(
        LimitOf(configured, OperatingSystem.IsLinux() ? Native.FileLimit() : long.MaxValue),
        services.GetRequiredService<ILogger<ConnectionSlots>>(),
        services.GetRequiredService<TimeProvider>());

    /// <summary>Takes a slot. If none is free, calls <paramref name="freed"/> once when a slot is released.</summary>
    public bool TryAcquire(Action freed)
    {
        lock (_gate)
        {
            if (_taken < limit)
            {
                Acquire();
                return true;
            }

            if (!_waiting.Contains(freed))
                _waiting.Add(freed);
            _pauses++;
            if (_lastWarning is not { } last || time.GetElapsedTime(last) >= WarningInterval)
            {
                _lastWarning = time.GetTimestamp();
                Log.Full(logger, limit);
            }

            return false;
        }
    }

    /// <summary>Counts a connection that was accepted without asking for a slot.</summary>
    public void Acquire() => Interlocked.Increment(ref _taken);

    public void Release()
    {
        Action[] freed;
        lock (_gate)
        {
            Interlocked.Decrement(ref _taken);
            if (_waiting.Count == 0)
                return;

            freed = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var notify in freed)
            notify();
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "All {Limit} slots for client connections are taken: new connections wait to be accepted (MaxConnections; ulimit -n)",
            EventName = "ConnectionsWait")]
        public static partial void Full(ILogger logger, int limit);
    }
}
