using AspireLB.Balancing.Forwarding.Connecting;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// PendingBody sends a request's body to the backend while the attempt waits for the response. A client that expects <c>100 Continue</c>
/// (RFC 9110, section 10.1.1) is asked for its body only when the backend asks for it, or has sent nothing for a second.
/// </summary>
internal sealed class PendingBody
{
    /// <summary>How long to wait for a backend that may not support <c>Expect</c>.</summary>
    private static readonly TimeSpan ContinueDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RequestBodyPump _pump;
    private readonly BackendConnection _connection;
    private readonly TimeSpan _headTimeout;
    private readonly ITimer? _timer;
    private Task<PumpEnd>? _running;
    private bool _isForgone;

    public PendingBody(
        HttpContext context, BackendConnection connection, RequestFraming framing, TimeSpan idle, TimeSpan headTimeout, TimeProvider time)
    {
        _connection = connection;
        _headTimeout = headTimeout;
        _pump = new(context.Request.BodyReader, connection, framing.IsChunked, idle);
        if (!framing.ExpectsContinue)
        {
            Begin();
            return;
        }

        connection.Deadline.Set(headTimeout);
        _timer = time.CreateTimer(static state => ((PendingBody)state!).Begin(), this, ContinueDelay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the whole body was sent.</summary>
    public bool IsComplete => _running is { IsCompletedSuccessfully: true, Result: PumpEnd.Complete };

    /// <summary>The error on the client's side; null if there was none.</summary>
    public Exception? ClientError => _pump.ClientError;

    /// <summary>Starts sending, unless it has started or the body is no longer wanted.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_running is null && !_isForgone)
                _running = RunAsync();
        }
    }

    /// <summary>Keeps a body that has not begun from being sent: the final response has arrived.</summary>
    public void Forgo()
    {
        lock (_gate)
            _isForgone = true;
    }

    /// <summary>Stops a body that is still being sent, and aborts the connection, which cannot be used again after that.</summary>
    public async ValueTask StopAsync()
    {
        Forgo();
        _timer?.Dispose();
        if (_running is not { } running)
            return;

        if (!running.IsCompleted)
        {
            _connection.Transport.Abort();
            _pump.Stop();
        }

        await running;
    }

    private async Task<PumpEnd> RunAsync()
    {
        var end = await _pump.RunAsync(_headTimeout);
        if (end == PumpEnd.ClientFailed)
            _connection.Abort(AbortReason.ClientGone);
        else if (end == PumpEnd.BackendFailed)
            _connection.Deadline.Set(_headTimeout);
        return end;
    }
}
