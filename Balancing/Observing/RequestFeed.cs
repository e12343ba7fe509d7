using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// RequestFeed counts finished requests and keeps the latest. Every request costs one increment; only as many as there is room for in the current
/// second are kept. Requests that failed or were retried are kept apart from ordinary ones, so that the many neither hide nor displace the few.
/// </summary>
internal sealed class RequestFeed(TimeProvider time)
{
    /// <summary>Number of requests of either kind kept per second.</summary>
    public const int RoomPerSecond = 20;

    /// <summary>Number of requests of either kind kept in all.</summary>
    public const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly Ring<FinishedRequest> _ordinary = new(Capacity);
    private readonly Ring<FinishedRequest> _notable = new(Capacity);
    private int _roomForOrdinary = RoomPerSecond;
    private int _roomForNotable = RoomPerSecond;
    private long _errors;
    private long _lastId;

    public DurationCounts Durations { get; } = new();

    /// <summary>Number of requests that failed for the client: a 5xx, or a response that broke off.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Adds a finished request. Called once for each, from many threads.</summary>
    public void Add(HttpContext context, IRequestTrail attempts)
    {
        var now = time.GetTimestamp();
        Durations.Record(time.GetElapsedTime(attempts.Arrived, now));
        var failed = context.Response.StatusCode >= 500 || attempts.Result.Failure is not (AttemptFailure.None or AttemptFailure.Client);
        if (failed)
            Interlocked.Increment(ref _errors);

        var notable = failed || attempts.Count > 1;
        ref var room = ref notable ? ref _roomForNotable : ref _roomForOrdinary;
        if (Volatile.Read(ref room) > 0 && Interlocked.Decrement(ref room) >= 0)
            Keep(context, attempts, now, notable ? _notable : _ordinary);
    }

    /// <summary>Makes room again; called once a second.</summary>
    public void MakeRoom()
    {
        Volatile.Write(ref _roomForOrdinary, RoomPerSecond);
        Volatile.Write(ref _roomForNotable, RoomPerSecond);
    }

    /// <summary>The kept requests with a higher id, oldest first.</summary>
    public FinishedRequest[] After(long id)
    {
        lock (_lock)
        {
            return id == _lastId
                ? []
                : [.. _ordinary.ToArray().Concat(_notable.ToArray()).Where(request => request.Id > id).OrderBy(request => request.Id)];
        }
    }

    private void Keep(HttpContext context, IRequestTrail attempts, long now, Ring<FinishedRequest> kept)
    {
        var finished = new FinishedRequest(
            0,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            FinishedRequest.Cut(context.Request.Method, FinishedRequest.LongestMethod),
            FinishedRequest.Cut(context.Request.Path.Value ?? "", FinishedRequest.LongestPath),
            context.Response.StatusCode,
            Milliseconds(attempts.Arrived, now),
            attempts.ClusterId,
            [.. attempts.Traces(now).Select(trace => new FinishedAttempt(
                trace.Backend,
                OutcomeName.For(trace.Result),
                trace.Result.StatusCode,
                Milliseconds(attempts.Arrived, trace.Started),
                Milliseconds(trace.Started, trace.Ended),
                trace.IsHedge))]);
        lock (_lock)
            kept.Add(finished with { Id = ++_lastId });
    }

    private double Milliseconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 2);
}
