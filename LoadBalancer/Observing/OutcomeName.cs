using AspireLB.LoadBalancer.Forwarding;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>The outcome of an attempt in one word, as metrics, spans and logs write it.</summary>
internal static class OutcomeName
{
    /// <summary>All there are.</summary>
    public static readonly string[] All =
    [
        "answered", "server_error", "never_connected", "nothing_sent", "no_response", "broken_off", "connect_timeout", "response_timeout", "body_timeout", "invalid_response",
        "client_gone", "overtaken", "tls_failed",
    ];

    public static string Of(AttemptResult result) => result switch
    {
        { Failure: AttemptFailure.Client } => "client_gone",
        { Failure: AttemptFailure.Overtaken } => "overtaken",
        { Failure: AttemptFailure.Untrusted } => "tls_failed",
        { Failure: AttemptFailure.Timeout, Progress: AttemptProgress.NeverConnected } => "connect_timeout",
        { Failure: AttemptFailure.Timeout, Progress: AttemptProgress.BrokenOff } => "body_timeout",
        { Failure: AttemptFailure.Timeout } => "response_timeout",
        { Failure: AttemptFailure.InvalidResponse } => "invalid_response",
        { Progress: AttemptProgress.NeverConnected } => "never_connected",
        { Progress: AttemptProgress.NothingSent } => "nothing_sent",
        { Progress: AttemptProgress.NoResponse } => "no_response",
        { Progress: AttemptProgress.BrokenOff } => "broken_off",
        { StatusCode: >= 500 } => "server_error",
        _ => "answered",
    };
}
