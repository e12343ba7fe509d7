using AspireLB.LoadBalancer.Forwarding;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>The outcome of an attempt in one word, as metrics, spans and logs write it.</summary>
internal static class OutcomeName
{
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
