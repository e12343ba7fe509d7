using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Retrying;

/// <summary>RetrySituation holds what the decision needs besides the attempt's result.</summary>
/// <param name="Attempts">Attempts so far that count, including the one that ended.</param>
/// <param name="Candidates">Number of backends that the next attempt could go to.</param>
/// <param name="IsRepeatable">Whether the request is idempotent (RFC 9110 §9.2.2, or it carries an <c>Idempotency-Key</c>).</param>
/// <param name="BodyIsWhole">Whether the whole body can be sent again after part of it was sent.</param>
internal readonly record struct RetrySituation(int Attempts, int Candidates, bool IsRepeatable, bool BodyIsWhole);

/// <summary>RetryDecision decides whether a failed attempt is retried on another backend: one ladder of checks, the safest reasons first.</summary>
internal static class RetryDecision
{
    public static bool ShouldRetry(AttemptResult result, RetrySituation situation, RetryOptions options)
    {
        // The attempt succeeded, or the failure was not the backend's: another backend would change nothing.
        if (IsBlameless(result) || !IsFailure(result, options))
            return false;

        // Part of the response may have reached the client.
        if (result.Progress is AttemptProgress.BrokenOff or AttemptProgress.Completed)
            return false;

        if (situation.Attempts >= options.MaxAttempts || situation.Candidates == 0)
            return false;

        // The backend can't have seen the request, and the body is unread: safe for every method.
        if (result.Progress == AttemptProgress.NeverConnected)
            return true;

        // Part of a streamed body may have been read from the client already.
        if (!situation.BodyIsWhole)
            return false;

        // If bytes were sent, the backend may have executed the request, or reports that it failed to: only idempotent requests are retried.
        return result.Progress == AttemptProgress.NothingSent || situation.IsRepeatable;
    }

    /// <summary>
    /// Whether an attempt does not count against <see cref="RetryOptions.MaxAttempts"/>: a refused connection costs nothing, and however many
    /// backends are down, one that is left can serve the request.
    /// </summary>
    public static bool IsExemptFromBudget(AttemptResult result) =>
        result is { Progress: AttemptProgress.NeverConnected, Failure: AttemptFailure.Connection };

    /// <summary>
    /// Whether a retry after this result draws on the retry budget. One after a failed connection does not: it cost the backend nothing.
    /// </summary>
    public static bool DrawsOnBudget(AttemptResult result) => result.Progress is not (AttemptProgress.NeverConnected or AttemptProgress.NothingSent);

    /// <summary>Whether the attempt ended for a reason that says nothing about its backend.</summary>
    public static bool IsBlameless(AttemptResult result) => result.Failure is AttemptFailure.Client or AttemptFailure.Overtaken;

    /// <summary>Whether the result counts against the backend.</summary>
    public static bool IsFailure(AttemptResult result, RetryOptions options) =>
        !IsBlameless(result)
        && (result.Failure != AttemptFailure.None || (result.StatusCode != 0 && options.StatusCodes.Contains(result.StatusCode)));
}
