using System.Runtime.InteropServices;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>
/// SIGHUP requests a reload of the configuration. SIGUSR1 and SIGUSR2, which would otherwise end the process, do nothing. A process that was
/// started with one of these signals ignored (nohup) continues to ignore it.
/// </summary>
internal sealed partial class ReloadSignal(ILogger<ReloadSignal> logger) : IHostedLifecycleService, IDisposable
{
    // .NET has no names for these two; it accepts the raw signal numbers.
    private static readonly (PosixSignal Number, string Name)[] Unused =
        OperatingSystem.IsLinux() ? [((PosixSignal)10, "SIGUSR1"), ((PosixSignal)12, "SIGUSR2")] : [];

    private readonly List<PosixSignalRegistration> _signals = [];
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a signal has arrived and has not been taken yet.</summary>
    public Task Asked => Volatile.Read(ref _asked).Task;

    /// <summary>Takes the pending signal, if any. Signals that arrive before this call count as one.</summary>
    public bool TryTake()
    {
        if (!Asked.IsCompleted)
            return false;
        Volatile.Write(ref _asked, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return true;
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Windows sends it when the console window closes, which ends the process anyway.
        if (!OperatingSystem.IsWindows())
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask));
        foreach (var (number, name) in Unused)
        {
            _signals.Add(PosixSignalRegistration.Create(number, context =>
            {
                context.Cancel = true;
                Log.Unused(logger, name);
            }));
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Ask(PosixSignalContext context)
    {
        context.Cancel = true;
        Volatile.Read(ref _asked).TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Signal} does nothing; SIGHUP reads the configuration again, SIGTERM stops", EventName = "SignalUnused")]
        public static partial void Unused(ILogger logger, string signal);
    }
}
