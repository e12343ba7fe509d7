using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>FailureResponse writes the client's response when no attempt succeeded.</summary>
internal static class FailureResponse
{
    /// <summary>Writes the response if none has started. A response that a backend gave is left as it is, even one without a body.</summary>
    public static Task WriteAsync(HttpContext context, RequestAttempts attempts, Cluster cluster) =>
        (attempts.Count, attempts.Result, attempts.Retries) switch
        {
            (0, _, _) when cluster.Available.Count > 0 =>
                Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "All backends are busy.", retryAfterSeconds: 1),
            (0, _, _) =>
                Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No backend is available.", retryAfterSeconds: 1),
            (_, { Failure: AttemptFailure.Client, StatusCode: 0 }, _) =>
                WriteBadRequestAsync(context),
            (_, { Failure: AttemptFailure.Client }, _) or (_, { Failure: AttemptFailure.None }, false) =>
                Task.CompletedTask,
            (_, { StatusCode: > 0 }, _) when Outcome.HasBrokenOff(context) =>
                Task.CompletedTask,
            (_, { Failure: AttemptFailure.Untrusted }, _) =>
                Problem.WriteAsync(context, StatusCodes.Status502BadGateway, "The backend's TLS certificate was refused."),
            (_, { Progress: AttemptProgress.NeverConnected }, _) =>
                Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No backend could be reached.", retryAfterSeconds: 1),
            (_, { Failure: AttemptFailure.Timeout }, _) =>
                Problem.WriteAsync(context, StatusCodes.Status504GatewayTimeout, "The backend did not respond in time."),
            _ =>
                Problem.WriteAsync(context, StatusCodes.Status502BadGateway, "The backend failed to respond."),
        };

    /// <summary>
    /// Names the error where the client sent a body that cannot be read (the forwarder has set the status); a closed client gets nothing.
    /// </summary>
    private static Task WriteBadRequestAsync(HttpContext context) =>
        context.Response is { HasStarted: false, StatusCode: >= 400 and < 500 and var status } && !context.RequestAborted.IsCancellationRequested
            ? WriteBadBodyAsync(context, status)
            : Task.CompletedTask;

    /// <summary>Rejects a body that violates HTTP or exceeds the route's limit, or that paused for too long.</summary>
    public static Task WriteBadBodyAsync(HttpContext context, int status)
    {
        context.Response.Clear();
        if (status == StatusCodes.Status408RequestTimeout && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close"; // RFC 9110 §15.5.9; Kestrel lingers for 5 s, so that a reset can't overtake the response
        return Problem.WriteKeepingHeadersAsync(context, status, status switch
        {
            StatusCodes.Status408RequestTimeout => "The rest of the request's body did not arrive in time.",
            StatusCodes.Status413PayloadTooLarge => "The request's body is too large.",
            _ => "The request's body could not be read.",
        });
    }
}
