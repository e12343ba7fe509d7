using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>
/// What the retry loop and a forwarder say to each other about the attempt under way. The loop sets one on the request's features; a
/// forwarder without one behaves as for a single attempt.
/// </summary>
internal interface IAttemptFeature
{
    /// <summary>Time the attempt has until its response head is there, connecting included; null: only the cluster's timeouts hold.</summary>
    TimeSpan? Timeout { get; }

    /// <summary>The cluster's timeouts, for a forwarder whose client does not have them; null: those of the forwarder hold.</summary>
    TimeoutOptions? Timeouts => null;

    /// <summary>
    /// Asked once, before anything of this outcome reaches the client (after a complete response head, or when the attempt failed before
    /// one). True: the forwarder drops the response, leaves the client's side untouched, and returns; the loop makes another attempt.
    /// </summary>
    bool DecideRetry(AttemptResult result);

    /// <summary>Told once when the attempt is over, repeated or not.</summary>
    void Ended(AttemptResult result);

    /// <summary>
    /// The request's body where the loop holds all of it for repetition (empty if it has none); null when the body can only be
    /// streamed once from <c>HttpRequest.BodyReader</c>.
    /// </summary>
    ReadOnlyMemory<byte>? BufferedBody { get; }

    /// <summary>What the backend is told where neither a span of ours nor a field of the client's speaks of a trace.</summary>
    UnrecordedTrace UnrecordedTrace => default;

    /// <summary>A second attempt that may join this one; a forwarder that can't run two at once leaves it alone.</summary>
    IRace? Race => null;

    /// <summary>To be heeded where this attempt may be one of two; null where it is alone.</summary>
    Racer? Racer => null;
}
