using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AspireLB.ServiceDefaults;

/// <summary>
/// Exports the queued telemetry when the host stops, all three signals in parallel and within <see cref="Limit"/>. The providers on their own would
/// run one after the other and each wait five seconds for a collector that does not respond.
/// </summary>
/// <remarks>
/// The export runs on disposal, which follows the server's stop and also happens if the server never started. The constructor takes the providers
/// so that the container disposes of this service before them.
/// </remarks>
internal sealed class BoundedShutdown(TracerProvider traces, MeterProvider metrics, LoggerProvider logs) : IHostedService, IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        var limit = (int)Limit.TotalMilliseconds;
        Task.WaitAll([Run(() => traces.Shutdown(limit)), Run(() => metrics.Shutdown(limit)), Run(() => logs.Shutdown(limit))], Limit);
    }

    // Each export waits on its own thread, since the thread pool may be busy or, on one core, have a single thread.
    private static Task Run(Action shutdown) =>
        Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
