using System.Runtime.InteropServices;

namespace AspireLB.AppHost.Embedded.Running;

/// <summary>Ctrl+C, SIGTERM, SIGHUP and SIGQUIT: the first asks for an orderly stop, a second for an end at once.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>`dotnet run` passes SIGTERM on, so that one sent to the whole group arrives twice; that is still the first.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long? _first;

    public StopSignals(TimeProvider time)
    {
        _time = time;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Stop => _stop.Token;

    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>Asks for what the next signal would ask for.</summary>
    public void Request()
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _first is null;
            if (!isFirst && _time.GetElapsedTime(_first!.Value) < SameSignal)
                return;
            _first ??= _time.GetTimestamp();
        }
        (isFirst ? _stop : _atOnce).Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _atOnce.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true; // The process ends when everything it started has ended.
        Request();
    }
}
