using AspireLB.LoadBalancer.Forwarding;

namespace AspireLB.LoadBalancer.Observing.Live;

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

    /// <summary>What became of each attempt, in the order they were made; the last one ended with the request, if it ended it.</summary>
    IEnumerable<AttemptTrace> Traces(long ended);
}

/// <summary>One attempt.</summary>
internal readonly record struct AttemptTrace(string Backend, AttemptResult Result, long Began, long Ended);
