using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AspireLB.ServiceDefaults;

/// <summary>
/// Sends what is still queued when the host goes away, the three signals side by side and within <see cref="Limit"/>. On their own the providers
/// would go one after the other and wait five seconds each for a collector that does not answer.
/// </summary>
/// <remarks>
/// The work is done on disposal, which comes after the server has stopped and also where it never started. The providers are taken in the
/// constructor, so that the container disposes of this one before them.
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

    // Each waits in a thread of its own, since the pool may be busy or, on one core, a single thread.
    private static Task Run(Action shutdown) =>
        Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
