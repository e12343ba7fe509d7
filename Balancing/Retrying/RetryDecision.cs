using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Retrying;

/// <summary>What the decision needs to know besides the outcome.</summary>
/// <param name="Attempts">Attempts made so far that count, the one that ended included.</param>
/// <param name="Candidates">Backends that the next attempt could go to.</param>
/// <param name="IsRepeatable">Whether acting twice on the request does no harm (RFC 9110 §9.2.2, or it carries an <c>Idempotency-Key</c>).</param>
/// <param name="BodyIsWhole">Whether the whole body can be sent once more, if bytes of it were sent.</param>
internal readonly record struct RetrySituation(int Attempts, int Candidates, bool IsRepeatable, bool BodyIsWhole);

/// <summary>Whether a failed attempt is repeated on another backend: one ladder, safest reasons first.</summary>
internal static class RetryDecision
{
    public static bool ShouldRetry(AttemptResult result, RetrySituation situation, RetryOptions options)
    {
        // Succeeded, or not the backend's fault: another backend would change nothing.
        if (IsBlameless(result) || !IsFailure(result, options))
            return false;

        // Part of the response is on its way to the client.
        if (result.Progress is AttemptProgress.BrokenOff or AttemptProgress.Completed)
            return false;

        if (situation.Attempts >= options.MaxAttempts || situation.Candidates == 0)
            return false;

        // The backend can't have seen the request, and the body is untouched: safe for every method.
        if (result.Progress == AttemptProgress.NeverConnected)
            return true;

        // Bytes of a streamed body may be gone from the client's side.
        if (!situation.BodyIsWhole)
            return false;

        // The backend has not seen the request; otherwise it may have acted on it, or says it did not succeed: only what may be done twice.
        return result.Progress == AttemptProgress.NothingSent || situation.IsRepeatable;
    }

    /// <summary>
    /// Whether an attempt does not count among those that a request may make: a connection refused at once cost nobody anything, and however many
    /// backends are gone, one that is left can serve.
    /// </summary>
    public static bool IsExemptFromBudget(AttemptResult result) => result is { Progress: AttemptProgress.NeverConnected, Failure: AttemptFailure.Connection };

    /// <summary>Whether a repetition after this outcome counts against the retry budget: a failed connection cost the backend nothing.</summary>
    public static bool DrawsOnBudget(AttemptResult result) => result.Progress is not (AttemptProgress.NeverConnected or AttemptProgress.NothingSent);

    /// <summary>Whether the attempt was ended by something that says nothing about its backend.</summary>
    public static bool IsBlameless(AttemptResult result) => result.Failure is AttemptFailure.Client or AttemptFailure.Overtaken;

    /// <summary>Whether the outcome counts against the backend.</summary>
    public static bool IsFailure(AttemptResult result, RetryOptions options) =>
        !IsBlameless(result) && (result.Failure != AttemptFailure.None || (result.StatusCode != 0 && options.StatusCodes.Contains(result.StatusCode)));
}
