using System.Diagnostics.Metrics;
using System.Text;
using System.Threading.Channels;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Writes one line per request in the background: a request only queues its entry. When entries arrive faster than they can be written, or the
/// disk is full, entries are dropped and counted.
/// </summary>
internal sealed partial class AccessLog : BackgroundService
{
    private const int LargestBatch = 1000;

    private readonly Channel<AccessEntry> _entries;
    private readonly Func<AccessEntry, string> _format;
    private readonly AccessLogOptions _options;
    private readonly ILogger<AccessLog> _logger;
    private readonly TextWriter _output;
    private long _dropped;
    private bool _failing;

    public AccessLog(AccessLogOptions options, IMeterFactory meters, ILogger<AccessLog> logger)
        : this(options, meters, logger, Console.Out)
    {
    }

    internal AccessLog(AccessLogOptions options, IMeterFactory meters, ILogger<AccessLog> logger, TextWriter output)
    {
        (_options, _logger, _output) = (options, logger, output);
        _format = AccessLogFormat.Named(options.Format);
        _entries = Channel.CreateBounded<AccessEntry>(new BoundedChannelOptions(options.Buffer) { SingleReader = true });
        Instruments.AccessLogDropped.Observe(meters.Create(TelemetryNames.Source), () => [new(Dropped)]);
    }

    /// <summary>Number of dropped entries.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues an entry without waiting.</summary>
    public void Add(AccessEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
            Interlocked.Increment(ref _dropped);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _entries.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    // Runs until the last entry queued before the stop is written.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var file = _options.File is { } path ? new RollingFile(path, _options.MaxFileBytes, _options.KeptFiles) : null;
        var lines = new StringBuilder();
        while (await _entries.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var count = 0;
            for (lines.Clear(); count < LargestBatch && _entries.Reader.TryRead(out var entry); count++)
                lines.Append(_format(entry)).Append('\n');
            await WriteAsync(file, lines.ToString(), count);
        }
    }

    private async Task WriteAsync(RollingFile? file, string lines, int count)
    {
        try
        {
            await (file?.WriteAsync(lines) ?? _output.WriteAsync(lines));
            _failing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Interlocked.Add(ref _dropped, count);
            if (!_failing)
                Log.Failed(_logger, exception.Message);
            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(32, LogLevel.Error, "The access log can't be written; its lines are dropped until it can: {Reason}",
            EventName = "AccessLogFailed")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
