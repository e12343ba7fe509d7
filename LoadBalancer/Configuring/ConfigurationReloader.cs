using AspireLB.LoadBalancer.Observing.Measuring;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Watches the configuration's sources and applies what they say when they change. An invalid configuration is reported with all its
/// errors and changes nothing; the next change is looked at again.
/// </summary>
internal sealed partial class ConfigurationReloader(
    ConfigurationSources sources,
    IConfigurationReload reload,
    ConfigurationStore store,
    ConfigurationMetrics metrics,
    TimeProvider time,
    ILogger<ConfigurationReloader> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly EffectiveConfiguration _atStart = store.Current;
    private string _waiting = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (applied, before) = (sources.AtStart, "");
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken);
            var now = sources.Fingerprint();

            // One that still changes is being written.
            if (now != applied && now == before)
            {
                applied = now;
                await ReloadAsync();
            }

            before = now;
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            await reload.ReloadAsync();
            sources.RefreshLive();
            metrics.Applied();
            Log.Applied(logger, store.Current.Routes.Count, store.Current.Clusters.Sum(cluster => cluster.Destinations?.Count ?? 0));
            TellOfRestart();
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

    // Once for each set of keys, not with every reload after.
    private void TellOfRestart()
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

        [LoggerMessage(2, LogLevel.Error, "Configuration not reloaded, the last good one stays. Errors: {Count}\n{Errors}", EventName = "ConfigurationRefused")]
        public static partial void Refused(ILogger logger, int count, string errors);

        [LoggerMessage(3, LogLevel.Error, "Configuration not reloaded, the last good one stays", EventName = "ConfigurationFailed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "These changes take effect with the next start only: {Keys}", EventName = "ConfigurationNeedsRestart")]
        public static partial void NeedsRestart(ILogger logger, string keys);
    }
}
