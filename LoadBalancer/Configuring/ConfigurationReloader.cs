using AspireLB.Balancing.Configuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Watches the configuration's sources and applies their changes. An invalid configuration is reported with all its errors and changes nothing;
/// the next change is tried again. A file that becomes unreadable is reported once and changes nothing.
/// </summary>
internal sealed partial class ConfigurationReloader(
    ConfigurationSources sources,
    IConfigurationReload reload,
    ReloadSignal signal,
    ConfigurationStore store,
    ConfigurationMetrics metrics,
    TimeProvider time,
    ILogger<ConfigurationReloader> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly EffectiveConfiguration _atStart = store.Current;
    private string _waiting = "";
    private IReadOnlyDictionary<string, string> _lost = new Dictionary<string, string>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (applied, before) = (sources.AtStart.Fingerprint, sources.AtStart);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(Interval, time, stoppingToken), signal.Asked);
            stoppingToken.ThrowIfCancellationRequested();
            var isAsked = signal.TryTake();
            var now = sources.Inspect();

            // Wait until two looks agree: a changing file is still being written, and a missing one may be in the middle of a replacement.
            if (isAsked || now.Lost.Keys.Order().SequenceEqual(before.Lost.Keys.Order()))
                ReportFiles(now.Lost, isAsked);
            if (isAsked || (now.Fingerprint != applied && now.Fingerprint == before.Fingerprint))
            {
                var isChanged = now.Fingerprint != applied;
                applied = now.Fingerprint;
                await ReloadAsync(isChanged, isTold: now.Lost.Count > 0);
            }

            before = now;
        }
    }

    /// <param name="isChanged">Whether a file has changed; otherwise a signal requested the reload.</param>
    /// <param name="isTold">Whether the log already says that nothing changes, and why.</param>
    private async Task ReloadAsync(bool isChanged, bool isTold)
    {
        try
        {
            var changes = await reload.ReloadAsync();
            if (!isChanged && changes.Count == 0)
            {
                if (!isTold)
                    Log.Unchanged(logger);
                return;
            }

            sources.RefreshLive();
            metrics.Applied();
            Log.Applied(logger, store.Current.Routes.Count, store.Current.Clusters.Sum(cluster => cluster.Destinations?.Count ?? 0));
            ReportRestartNeeds();
        }
        catch (InvalidConfigurationException invalid)
        {
            metrics.Refused();
            Log.Refused(logger, invalid.Errors.Count, invalid.Message);
        }
        catch (InvalidDataException unreadable)
        {
            metrics.Refused();
            Log.Refused(logger, 1, UnreadableFile.Describe(unreadable));
        }
        catch (Exception exception)
        {
            metrics.Refused();
            Log.Failed(logger, exception);
        }
    }

    // Logs each lost file once, and again for each signal.
    private void ReportFiles(IReadOnlyDictionary<string, string> lost, bool isAsked)
    {
        foreach (var (file, reason) in lost.Where(file => isAsked || !_lost.ContainsKey(file.Key)))
            Log.Lost(logger, file, reason);
        foreach (var file in _lost.Keys.Where(file => !lost.ContainsKey(file)))
            Log.Found(logger, file);
        _lost = lost;
    }

    // Logs each set of keys once, not after every reload.
    private void ReportRestartNeeds()
    {
        var waiting = string.Join(", ", RestartNeeds.Between(_atStart, store.Current));
        if (waiting.Length > 0 && waiting != _waiting)
            Log.NeedsRestart(logger, waiting);
        _waiting = waiting;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Configuration reloaded: {Routes} routes, {Backends} backends", EventName = "ConfigurationApplied")]
        public static partial void Applied(ILogger logger, int routes, int backends);

        [LoggerMessage(2, LogLevel.Error, "Configuration not reloaded; the last valid one stays in effect. Errors: {Count}\n{Errors}",
            EventName = "ConfigurationRefused")]
        public static partial void Refused(ILogger logger, int count, string errors);

        [LoggerMessage(3, LogLevel.Error, "Configuration not reloaded; the last valid one stays in effect", EventName = "ConfigurationFailed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "These changes take effect only after a restart: {Keys}", EventName = "ConfigurationNeedsRestart")]
        public static partial void NeedsRestart(ILogger logger, string keys);

        [LoggerMessage(5, LogLevel.Warning, "{File} {Reason}: its last content stays in effect until it can be read again",
            EventName = "ConfigurationFileLost")]
        public static partial void Lost(ILogger logger, string file, string reason);

        [LoggerMessage(6, LogLevel.Information, "{File} can be read again", EventName = "ConfigurationFileFound")]
        public static partial void Found(ILogger logger, string file);

        [LoggerMessage(7, LogLevel.Information, "Configuration read again: nothing changed", EventName = "ConfigurationUnchanged")]
        public static partial void Unchanged(ILogger logger);
    }
}
