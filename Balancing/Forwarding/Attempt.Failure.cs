using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Forwarding;

/// <content>Names the failure of an exchange, and decides whether its connection can be reused.</content>
internal sealed partial class Attempt
{
    /// <summary>Step (8): no response head arrived, or none that is HTTP.</summary>
    private async ValueTask<AttemptResult> FailedAsync(BackendConnection connection, PendingBody? pending, bool hasReceived, bool isInvalid)
    {
        var reason = await StopBodyAsync(connection, pending);
        return isInvalid ? new(AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse)
            : new(hasReceived ? AttemptProgress.BrokenOff : AttemptProgress.NoResponse, FailureFor(reason));
    }

    /// <summary>Step (10): the response broke off after its head.</summary>
    private async ValueTask<AttemptResult> BrokenOffAsync(BackendConnection connection, PendingBody? pending, int status, RelayEnd end)
    {
        var reason = await StopBodyAsync(connection, pending);
        if (end == RelayEnd.ClientGone)
            _exception = null; // an incomplete request body is not what failed
        var failure = end switch
        {
            RelayEnd.Invalid => AttemptFailure.InvalidResponse,
            RelayEnd.ClientGone => AttemptFailure.Client,
            _ => FailureFor(reason),
        };
        return new(AttemptProgress.BrokenOff, failure, status);
    }

    private async ValueTask<AbortReason> StopBodyAsync(BackendConnection connection, PendingBody? pending)
    {
        // Read first: stopping the body may abort the connection for another reason.
        var reason = connection.AbortReason;
        if (pending is null)
            return reason;

        await pending.StopAsync();
        _exception = reason == AbortReason.ClientStalled
            ? new BadHttpRequestException("The rest of the request's body did not arrive in time.", StatusCodes.Status408RequestTimeout)
            : pending.ClientError;
        return _exception is not null && reason == AbortReason.None ? AbortReason.ClientGone : reason;
    }

    private static AttemptFailure FailureFor(AbortReason reason) => reason switch
    {
        AbortReason.Timeout => AttemptFailure.Timeout,
        AbortReason.ClientGone or AbortReason.ClientStalled => AttemptFailure.Client,
        _ => AttemptFailure.Connection,
    };

    /// <summary>Whether the request can be sent again on a new connection: it is buffered and idempotent.</summary>
    private bool IsRetryable => !IsStreamed && IsIdempotent(_request.Method);

    /// <summary>RFC 9110, section 9.2.2.</summary>
    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Whether the connection can carry another request after the whole response has been read.</summary>
    private bool IsReusable(BackendConnection connection, ResponseHead head) =>
        head.KeepsAlive && head.FramingFor(_isHead) != ResponseFraming.UntilClose && head.LeavesConnectionClean(_isHead)
        && connection.Received.IsEmpty;

    /// <summary>Skips the body of a dropped response if all of it has been received. False: the connection cannot carry another request.</summary>
    private bool TrySkipBody(BackendConnection connection, ResponseHead head)
    {
        var framing = head.FramingFor(_isHead);
        if (framing == ResponseFraming.Length && connection.Received.Length == head.ContentLength)
            connection.Start = connection.End;
        else if (framing != ResponseFraming.None)
            return false;

        return IsReusable(connection, head);
    }

    private static TimeSpan IdleLifetimeOf(ResponseHead head)
    {
        // A second less than the backend announces, so that it does not close the connection while a request is in transit.
        var announced = head.KeepAliveSeconds > 0 ? TimeSpan.FromSeconds(Math.Max(head.KeepAliveSeconds - 1, 0.5)) : ConnectionPool.IdleLifetime;
        return announced < ConnectionPool.IdleLifetime ? announced : ConnectionPool.IdleLifetime;
    }
}
