namespace AspireLB.Balancing.Model;

/// <summary>OutcomeName names the outcome of an attempt, as metrics, spans and logs show it.</summary>
internal static class OutcomeName
{
    /// <summary>All outcome names. Dashboards and alerts rely on them: they do not change.</summary>
    public static readonly string[] All =
    [
        "answered", "server_error", "never_connected", "nothing_sent", "no_response", "broken_off", "connect_timeout", "response_timeout",
        "body_timeout", "invalid_response", "client_gone", "overtaken", "tls_failed",
    ];

    public static string For(AttemptResult result) => All[IndexOf(result)];

    /// <summary>The index of the outcome's name in <see cref="All"/>.</summary>
    public static int IndexOf(AttemptResult result) => result switch
    {
        // The most frequent outcome comes first.
        { Failure: AttemptFailure.None, StatusCode: < 500, Progress: AttemptProgress.Completed or AttemptProgress.HeadReceived } => 0,
        { Failure: AttemptFailure.Client } => 10,
        { Failure: AttemptFailure.Overtaken } => 11,
        { Failure: AttemptFailure.Untrusted } => 12,
        { Failure: AttemptFailure.Timeout, Progress: AttemptProgress.NeverConnected } => 6,
        { Failure: AttemptFailure.Timeout, Progress: AttemptProgress.BrokenOff } => 8,
        { Failure: AttemptFailure.Timeout } => 7,
        { Failure: AttemptFailure.InvalidResponse } => 9,
        { Progress: AttemptProgress.NeverConnected } => 2,
        { Progress: AttemptProgress.NothingSent } => 3,
        { Progress: AttemptProgress.NoResponse } => 4,
        { Progress: AttemptProgress.BrokenOff } => 5,
        { StatusCode: >= 500 } => 1,
        _ => 0,
    };
}
