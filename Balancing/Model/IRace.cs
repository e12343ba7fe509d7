namespace AspireLB.Balancing.Model;

/// <summary>
/// An attempt that another one may join (hedging). Both run at once; the first with an answer that the retry loop accepts wins, and only the
/// winner touches the response. Who wins is decided where attempts ask <see cref="IAttemptFeature.DecideRetry"/>: true tells the other to drop what it has.
/// </summary>
internal interface IRace
{
    /// <summary>
    /// Waits until a second attempt is due and takes a place for it. Null: there is to be none, since the first is decided, nothing else is free, or no
    /// retry is left in the budget. Whoever gets one either runs it or ends it by <see cref="IAttemptFeature.Ended"/>.
    /// </summary>
    /// <param name="first">The first attempt as it runs.</param>
    Task<Rival?> StartSecondAsync(Task first);
}

/// <summary>The second attempt of a race.</summary>
/// <param name="Feature">Takes the place of the request's own for this attempt.</param>
/// <param name="DestinationPrefix">Where it goes.</param>
internal sealed record Rival(IAttemptFeature Feature, string DestinationPrefix);
