using AspireLB.Balancing.Model;

namespace AspireLB.Balancing.Observing;

/// <summary>IRequestTrail is the retry loop's record of a request; times are timestamps.</summary>
internal interface IRequestTrail
{
    string ClusterId { get; }

    /// <summary>When the request arrived.</summary>
    long Arrived { get; }

    /// <summary>Number of attempts made.</summary>
    int Count { get; }

    /// <summary>How the last attempt ended.</summary>
    AttemptResult Result { get; }

    /// <summary>
    /// The attempts in the order they were made, except that the one whose response the client got, if any, comes last. It ended when the request
    /// did, at <paramref name="ended"/>.
    /// </summary>
    IEnumerable<AttemptTrace> Traces(long ended);
}

/// <summary>AttemptTrace is the record of one attempt.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Result">How the attempt ended.</param>
/// <param name="Started">When the attempt began.</param>
/// <param name="Ended">When the attempt ended.</param>
/// <param name="IsHedge">Whether the attempt was made beside another that took long.</param>
internal readonly record struct AttemptTrace(string Backend, AttemptResult Result, long Started, long Ended, bool IsHedge = false);
