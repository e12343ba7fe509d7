using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>What the retry loop leaves behind of a request; times are timestamps.</summary>
internal interface IRequestTrail
{
    string ClusterId { get; }

    /// <summary>When the request came.</summary>
    long Arrived { get; }

    /// <summary>Attempts made.</summary>
    int Count { get; }

    /// <summary>How the last attempt ended.</summary>
    AttemptResult Result { get; }

    /// <summary>What became of each attempt, in the order they were made, but last the one whose answer the client got, if any; it ended with the request.</summary>
    IEnumerable<AttemptTrace> Traces(long ended);
}

/// <summary>One attempt.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="IsHedge">Whether it was made beside another one that took long.</param>
internal readonly record struct AttemptTrace(string Backend, AttemptResult Result, long Started, long Ended, bool IsHedge = false);
