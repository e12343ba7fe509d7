using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Forwarding.Http1;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Forwarding;

/// <content>What a failed exchange was, and what state it leaves the connection in.</content>
internal sealed partial class Attempt
{
    /// <summary>No response head came, or none that is HTTP.</summary>
    private async ValueTask<AttemptResult> FailedAsync(BackendConnection connection, PendingBody? pending, bool hasReceived, bool isInvalid)
    {
        var reason = await EndAsync(connection, pending);
        return isInvalid ? new(AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse)
            : new(hasReceived ? AttemptProgress.BrokenOff : AttemptProgress.NoResponse, FailureFor(reason));
    }

    /// <summary>The response broke off after its head.</summary>
    private async ValueTask<AttemptResult> BrokenOffAsync(BackendConnection connection, PendingBody? pending, int status, RelayEnd end)
    {
        var reason = await EndAsync(connection, pending);
        if (end == RelayEnd.ClientGone)
            _exception = null; // the request's body, even if it is not complete, is not what failed
        var failure = end switch
        {
            RelayEnd.Invalid => AttemptFailure.InvalidResponse,
            RelayEnd.ClientGone => AttemptFailure.Client,
            _ => FailureFor(reason),
        };
        return new(AttemptProgress.BrokenOff, failure, status);
    }

    private async ValueTask<AbortReason> EndAsync(BackendConnection connection, PendingBody? pending)
    {
        // Read first: stopping the body may end the connection for a reason of its own.
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

    /// <summary>Whether the request may go out once more by itself: it is at hand, and repeating does no harm.</summary>
    private bool IsRepeatable => !IsStreamed && IsIdempotent(_request.Method);

    /// <summary>RFC 9110, section 9.2.2.</summary>
    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Whether the connection can carry another request after this response has been read to its end.</summary>
    private bool IsReusable(BackendConnection connection, ResponseHead head) =>
        head.KeepsAlive && head.FramingFor(_isHead) != ResponseFraming.UntilClose && head.LeavesConnectionClean(_isHead)
        && connection.Received.IsEmpty;

    /// <summary>Whether a response that is dropped leaves the connection ready for another request: its body is there already, or there is none.</summary>
    private bool SkipsBody(BackendConnection connection, ResponseHead head)
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
        // A second less than the backend says, so that it does not close while a request is on its way.
        var said = head.KeepAliveSeconds > 0 ? TimeSpan.FromSeconds(Math.Max(head.KeepAliveSeconds - 1, 0.5)) : ConnectionPool.IdleLifetime;
        return said < ConnectionPool.IdleLifetime ? said : ConnectionPool.IdleLifetime;
    }
}
