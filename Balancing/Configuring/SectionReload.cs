using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Configuring;

/// <summary>
/// Applies changes to the section while the application runs. It is a YARP configuration provider without routes or clusters: its change token
/// makes YARP apply its configuration again, and every cluster then reads its options anew. An invalid section changes nothing.
/// </summary>
internal sealed partial class SectionReload : IProxyConfigProvider, IDisposable
{
    private readonly IConfigurationSection _section;
    private readonly ConfiguredClusters _clusters;
    private readonly ILogger<SectionReload> _logger;
    private readonly IDisposable _registration;
    private Empty _current = new();

    public SectionReload(IConfigurationSection section, ConfiguredClusters clusters, ILogger<SectionReload> logger)
    {
        (_section, _clusters, _logger) = (section, clusters, logger);
        _registration = ChangeToken.OnChange(section.GetReloadToken, Reload);
    }

    public IProxyConfig GetConfig() => Volatile.Read(ref _current);

    public void Dispose() => _registration.Dispose();

    private void Reload()
    {
        var errors = _clusters.TryReplace(SectionLayers.CopyOf(_section));
        if (errors.Count > 0)
            Log.Rejected(_logger, string.Join(Environment.NewLine, errors));
        else
            Interlocked.Exchange(ref _current, new()).SignalChange();
    }

    private sealed class Empty : IProxyConfig
    {
        private readonly CancellationTokenSource _changed = new();

        public Empty() => ChangeToken = new CancellationChangeToken(_changed.Token);

        public IReadOnlyList<RouteConfig> Routes => [];

        public IReadOnlyList<ClusterConfig> Clusters => [];

        public IChangeToken ChangeToken { get; }

        public void SignalChange() => _changed.Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(
            40, LogLevel.Error, "The changed options are invalid; the previous ones stay in effect. {Errors}", EventName = "OptionsRejected")]
        public static partial void Rejected(ILogger logger, string errors);
    }
}
