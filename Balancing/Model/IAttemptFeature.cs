using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>
/// IAttemptFeature is the contract between the retry loop and a forwarder about the current attempt. The loop sets it on the request's features. A
/// forwarder without one makes a single attempt.
/// </summary>
internal interface IAttemptFeature
{
    /// <summary>Time until the response head must be received, connecting included; null if only the cluster's timeouts apply.</summary>
    TimeSpan? Timeout { get; }

    /// <summary>The cluster's timeouts, for a forwarder whose client does not have them; null if the forwarder's own apply.</summary>
    TimeoutOptions? Timeouts => null;

    /// <summary>
    /// Decides whether the request is retried. The forwarder calls this once, before anything of this outcome reaches the client: after a complete
    /// response head, or when the attempt failed before one.
    /// </summary>
    /// <returns>
    /// True if the forwarder must drop the response, leave the client's side untouched, and return; the loop then makes another attempt.
    /// </returns>
    bool DecideRetry(AttemptResult result);

    /// <summary>Reports the end of the attempt. The forwarder calls this once, whether or not the request is retried.</summary>
    void Ended(AttemptResult result);

    /// <summary>
    /// The request's body if the loop has buffered all of it for retries (empty if the request has none); null if the body can only be streamed once
    /// from <c>HttpRequest.BodyReader</c>.
    /// </summary>
    ReadOnlyMemory<byte>? BufferedBody { get; }

    /// <summary>The trace that the backend is told of if neither the balancer nor the client has one.</summary>
    UnrecordedTrace UnrecordedTrace => default;

    /// <summary>A second attempt that may join this one; null if none may. A forwarder that can't run two at once ignores it.</summary>
    IRace? Race => null;

    /// <summary>The rules for this attempt if it may be one of two; null if it is alone.</summary>
    Racer? Racer => null;
}
