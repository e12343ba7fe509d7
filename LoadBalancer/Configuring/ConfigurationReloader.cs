using System.Threading.Channels;
using AspireLB.LoadBalancer.Observing.Measuring;
using Microsoft.Extensions.Primitives;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// Watches the configuration's sources and applies what they say when they change. An invalid configuration is reported with all its
/// errors and changes nothing; the next change is looked at again.
/// </summary>
internal sealed partial class ConfigurationReloader(
    IConfiguration configuration,
    ConfigurationSources sources,
    ConfigurationReader reader,
    ConfigurationStore store,
    ConfigurationMetrics metrics,
    TimeProvider time,
    ILogger<ConfigurationReloader> logger) : BackgroundService
{
    // A file watcher fires several times while one file is being written.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string? _lastSeen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = ChangeToken.OnChange(configuration.GetReloadToken, () => _changes.Writer.TryWrite(true));
        while (await _changes.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Settle, time, stoppingToken);
            _changes.Reader.TryRead(out _);
            await ReloadAsync();
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            var settings = sources.Read();
            if (!IsNews(string.Join('\n', settings.AsEnumerable().Select(setting => $"{setting.Key}={setting.Value}").Order(StringComparer.Ordinal))))
                return;
            store.Apply(await reader.ReadAsync(settings));
            metrics.Applied();
            Log.Applied(logger, store.Current.Routes.Count, store.Current.Clusters.Sum(cluster => cluster.Destinations?.Count ?? 0));
        }
        catch (InvalidConfigurationException invalid)
        {
            metrics.Refused();
            Log.Refused(logger, invalid.Errors.Count, invalid.Message);
        }
        catch (InvalidDataException unreadable)
        {
            var description = UnreadableFile.Describe(unreadable);
            if (!IsNews(description))
                return;
            metrics.Refused();
            Log.Refused(logger, 1, description);
        }
        catch (Exception exception)
        {
            metrics.Refused();
            Log.Failed(logger, exception);
        }
    }

    // One write may be told of several times, with more than the settling time in between; what was looked at is not looked at again.
    private bool IsNews(string seen)
    {
        if (seen == _lastSeen)
            return false;
        _lastSeen = seen;
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Configuration reloaded: {Routes} routes, {Backends} backends", EventName = "ConfigurationApplied")]
        public static partial void Applied(ILogger logger, int routes, int backends);

        [LoggerMessage(2, LogLevel.Error, "Configuration not reloaded, the last good one stays. Errors: {Count}\n{Errors}", EventName = "ConfigurationRefused")]
        public static partial void Refused(ILogger logger, int count, string errors);

        [LoggerMessage(3, LogLevel.Error, "Configuration not reloaded, the last good one stays", EventName = "ConfigurationFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
