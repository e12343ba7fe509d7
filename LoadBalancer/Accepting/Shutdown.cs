using System.Runtime.InteropServices;
using AspireLB.LoadBalancer.Configuring;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Stops without losing requests: readiness fails at once, the listener stays open for a while and asks clients to close their connections, then
/// the requests in flight finish. A second signal ends the process.
/// </summary>
internal sealed class Shutdown(ConfigurationStore configuration, TimeProvider time) : IHostedLifecycleService, IHealthCheck, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _received;

    public bool IsStopping { get; private set; }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsStopping = true;
        var delay = configuration.Current.LoadBalancer.Root.Shutdown.Delay;
        return Task.Delay(delay, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsStopping ? HealthCheckResult.Unhealthy("the balancer is stopping") : HealthCheckResult.Healthy());

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    // The host also handles the first signal and begins to stop.
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _received) > 1)
            Environment.Exit(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
    }
}
