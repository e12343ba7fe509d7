using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>
/// Counts finished requests and keeps the last few. Every request costs one increment; only those that there is room for in the present
/// second are looked at more closely, ordinary ones apart from those that failed or were repeated, so that the many neither hide nor push out the few.
/// </summary>
internal sealed class RequestFeed(TimeProvider time)
{
    /// <summary>Requests of either sort that are kept in a second.</summary>
    public const int RoomPerSecond = 20;

    /// <summary>Requests of either sort that are kept.</summary>
    public const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly Ring<FinishedRequest> _ordinary = new(Capacity);
    private readonly Ring<FinishedRequest> _notable = new(Capacity);
    private int _roomForOrdinary = RoomPerSecond;
    private int _roomForNotable = RoomPerSecond;
    private long _errors;
    private long _lastId;

    public DurationCounts Durations { get; } = new();

    /// <summary>Requests that the client got no good answer to: 5xx, or a response that broke off.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>A request is over. Called once for each, by many threads.</summary>
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

    /// <summary>A second is over: there is room again.</summary>
    public void MakeRoom()
    {
        Volatile.Write(ref _roomForOrdinary, RoomPerSecond);
        Volatile.Write(ref _roomForNotable, RoomPerSecond);
    }

    /// <summary>Kept requests that came after this id, oldest first.</summary>
    public FinishedRequest[] After(long id)
    {
        lock (_lock)
            return id == _lastId ? [] : [.. _ordinary.ToArray().Concat(_notable.ToArray()).Where(request => request.Id > id).OrderBy(request => request.Id)];
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
                trace.Backend, OutcomeName.For(trace.Result), trace.Result.StatusCode, Milliseconds(attempts.Arrived, trace.Started), Milliseconds(trace.Started, trace.Ended), trace.IsHedge))]);
        lock (_lock)
            kept.Add(finished with { Id = ++_lastId });
    }

    private double Milliseconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalMilliseconds, 2);
}
