using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>Samples everything once a second and sends the changes to all readers. Without readers it only keeps the history.</summary>
internal sealed partial class LiveStreams(
    LiveModel model,
    EventJournal journal,
    RequestFeed feed,
    TimeProvider time,
    ILogger<LiveStreams> logger) : BackgroundService
{
    /// <summary>Maximum number of open streams.</summary>
    public const int Limit = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<LiveStream> _streams = [];
    private long _lastEvent;
    private long _lastRequest;

    /// <summary>Opens a stream that begins with a snapshot; null when too many are open. Return it with <see cref="Close"/>.</summary>
    /// <param name="lastEventId">Id of the last event that the reader received, if any; earlier events are not sent again.</param>
    public LiveStream? Open(string? lastEventId)
    {
        lock (_lock)
        {
            if (_streams.Count >= Limit)
                return null;

            var stream = new LiveStream();
            stream.Send(Snapshot(LiveFrames.NumberIn(lastEventId, model.Instance)));
            _streams.Add(stream);
            return stream;
        }
    }

    public void Close(LiveStream stream)
    {
        lock (_lock)
            _streams.Remove(stream);
        stream.Dispose();
    }

    /// <summary>Samples once and sends the results; called once a second.</summary>
    internal void Tick()
    {
        lock (_lock)
        {
            var tick = model.Sample(watched: _streams.Count > 0);
            var events = journal.After(_lastEvent);
            var requests = feed.After(_lastRequest);
            _lastEvent = events.Length > 0 ? events[^1].Id : _lastEvent;
            _lastRequest = requests.Length > 0 ? requests[^1].Id : _lastRequest;
            if (_streams.Count == 0)
                return;

            Send(tick is null ? Snapshot(0) : LiveFrames.From("tick", tick, AdminJson.Default.TickView));
            foreach (var entry in events)
                Send(LiveFrames.From("event", entry, AdminJson.Default.BalancerEvent, LiveFrames.IdOf(model.Instance, entry.Id)));
            if (requests.Length > 0)
                Send(LiveFrames.From("requests", requests, AdminJson.Default.FinishedRequestArray));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Tick();
            }
            catch (Exception exception)
            {
                // The console may miss a second; the failure must not stop the balancer.
                Log.Missed(logger, exception);
            }
        }
    }

    private ReadOnlyMemory<byte> Snapshot(long lastEvent) =>
        LiveFrames.From("snapshot", model.Snapshot(lastEvent), AdminJson.Default.SnapshotView, LiveFrames.IdOf(model.Instance, _lastEvent));

    private void Send(ReadOnlyMemory<byte> frame)
    {
        foreach (var stream in _streams)
            stream.Send(frame);
    }

    private static partial class Log
    {
        [LoggerMessage(25, LogLevel.Error, "The console's figures could not be sampled", EventName = "LiveFiguresMissed")]
        public static partial void Missed(ILogger logger, Exception exception);
    }
}
