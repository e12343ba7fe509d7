namespace AspireLB.Balancing.Model;

/// <summary>
/// IRace is an attempt that a second one may join (hedging). Both run at once. The first to receive a response that the retry loop accepts wins, and
/// only the winner touches the client's response. The call of <see cref="IAttemptFeature.DecideRetry"/> decides who wins: it returns true to an
/// attempt that does not win, which then drops its response.
/// </summary>
internal interface IRace
{
    /// <summary>
    /// Waits until a second attempt is due and takes a slot for it. The caller either runs that attempt or ends it by
    /// <see cref="IAttemptFeature.Ended"/>.
    /// </summary>
    /// <param name="first">The task of the first attempt.</param>
    /// <returns>Null if there is no second attempt: the first is decided, no other backend has a free slot, or the retry budget is spent.</returns>
    Task<Rival?> StartSecondAsync(Task first);
}

/// <summary>Rival is the second attempt of a race.</summary>
/// <param name="Feature">Replaces the request's own feature for this attempt.</param>
/// <param name="DestinationPrefix">The address that the attempt goes to.</param>
internal sealed record Rival(IAttemptFeature Feature, string DestinationPrefix);
