using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>Logs the balancer's listen addresses, with the actual port where 0 was configured, and that it is stopping.</summary>
internal sealed partial class ListeningNotice(IServer server, ILogger<ListeningNotice> logger) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Log.Listening(logger, string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(logger);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "Listening on {Urls}", EventName = "Listening")]
        public static partial void Listening(ILogger logger, string urls);

        [LoggerMessage(31, LogLevel.Information, "Stopping", EventName = "Stopping")]
        public static partial void Stopping(ILogger logger);
    }
}
