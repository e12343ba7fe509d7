using AspireLB.LoadBalancer.Forwarding;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>What the client gets when no attempt succeeded.</summary>
internal static class FailureAnswer
{
    /// <summary>Answers a request of which nothing has been answered yet; a response that a backend gave (even one without a body) is left as it is.</summary>
    public static Task WriteAsync(HttpContext context, RequestAttempts attempts)
    {
        if (attempts.Count == 0)
            return Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No backend is available.", retryAfterSeconds: 1);

        return attempts.Result switch
        {
            { Failure: AttemptFailure.None or AttemptFailure.Client } => Task.CompletedTask,
            { Failure: AttemptFailure.Timeout } =>
                Problem.WriteAsync(context, StatusCodes.Status504GatewayTimeout, "The backend did not answer in time."),
            { Progress: AttemptProgress.NeverConnected } =>
                Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "No backend could be reached.", retryAfterSeconds: 1),
            _ => Problem.WriteAsync(context, StatusCodes.Status502BadGateway, "The backend failed to answer."),
        };
    }
}
