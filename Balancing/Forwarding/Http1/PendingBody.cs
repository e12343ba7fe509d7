using AspireLB.Balancing.Forwarding.Connecting;

namespace AspireLB.Balancing.Forwarding.Http1;

/// <summary>
/// A request body on its way to the backend while the response is awaited. A client that expects <c>100 Continue</c> (RFC 9110, section 10.1.1) is
/// asked for its body only when the backend wants it, or has let a second pass without a word.
/// </summary>
internal sealed class PendingBody
{
    /// <summary>How long a backend that may not know about <c>Expect</c> is given.</summary>
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

    /// <summary>Whether all of it was sent.</summary>
    public bool IsComplete => _running is { IsCompletedSuccessfully: true, Result: PumpEnd.Complete };

    /// <summary>What was wrong on the client's side; null where nothing was.</summary>
    public Exception? ClientError => _pump.ClientError;

    /// <summary>Starts sending, unless that has been done or is no longer wanted.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_running is null && !_isForgone)
                _running = RunAsync();
        }
    }

    /// <summary>The final response is there: a body not begun is not wanted any more.</summary>
    public void Forgo()
    {
        lock (_gate)
            _isForgone = true;
    }

    /// <summary>Ends sending where it still goes on, and with it the connection, which is of no further use then.</summary>
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
