using AspireLB.EventLoops.Sockets;

namespace AspireLB.EventLoops.Listening;

/// <summary>
/// Places for clients' connections, over all data listeners. While all are taken no connection is accepted: new ones wait in the kernel's backlog, and what is left
/// of the process's file descriptors serves the clients that are there.
/// </summary>
internal sealed partial class ConnectionSlots(int limit, ILogger<ConnectionSlots> logger, TimeProvider time)
{
    /// <summary>Descriptors that are neither a client's nor a backend's: the program's own files, listeners, probes, the admin API, logs.</summary>
    public const int OwnDescriptors = 320;

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<Action> _waiting = [];
    private long? _warned;
    private int _taken;
    private long _pauses;

    public int Limit => limit;

    public int InUse => Volatile.Read(ref _taken);

    /// <summary>Times that accepting had to wait.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>The limit in force: the configured one, or what lets each client have a connection to a backend at the same time.</summary>
    /// <param name="configured">0: derived.</param>
    /// <param name="descriptors">Files the process may have open.</param>
    public static int LimitOf(int configured, long descriptors) =>
        configured > 0 ? configured : (int)Math.Clamp((descriptors - OwnDescriptors) / 2, 16, int.MaxValue);

    public static ConnectionSlots Create(int configured, IServiceProvider services) => new(
        LimitOf(configured, OperatingSystem.IsLinux() ? Native.FileLimit() : long.MaxValue),
        services.GetRequiredService<ILogger<ConnectionSlots>>(),
        services.GetRequiredService<TimeProvider>());

    /// <summary>Takes a place; where none is free, <paramref name="freed"/> is called once, as soon as one may be.</summary>
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
            if (_warned is not { } warned || time.GetElapsedTime(warned) >= BetweenWarnings)
            {
                _warned = time.GetTimestamp();
                Log.Full(logger, limit);
            }

            return false;
        }
    }

    /// <summary>Counts a connection that something else has let in.</summary>
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

        foreach (var tell in freed)
            tell();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "All {Limit} places for clients' connections are taken: new ones wait to be accepted (MaxConnections; ulimit -n)", EventName = "ConnectionsWait")]
        public static partial void Full(ILogger logger, int limit);
    }
}
