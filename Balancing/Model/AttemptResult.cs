namespace AspireLB.Balancing.Model;

/// <summary>How far an attempt got with its backend. What may be repeated is decided from this alone.</summary>
internal enum AttemptProgress : byte
{
    /// <summary>No connection came about: the backend cannot have seen the request.</summary>
    NeverConnected,

    /// <summary>Connected, but not one byte of the request was handed to the connection.</summary>
    NothingSent,

    /// <summary>Some or all of the request was sent, and not one byte of a response came back: the backend may have acted on it.</summary>
    NoResponse,

    /// <summary>A complete response head is there; nothing of it has reached the client.</summary>
    HeadReceived,

    /// <summary>The response broke off after its head, or its head was not valid HTTP.</summary>
    BrokenOff,

    /// <summary>The whole response went to the client.</summary>
    Completed,
}

/// <summary>What ended an attempt.</summary>
internal enum AttemptFailure : byte
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>The connection was refused, reset or closed.</summary>
    Connection,

    /// <summary>TLS with the backend did not come about: its certificate is not one to trust, or it wants something else of ours.</summary>
    Untrusted,

    /// <summary>A timeout of the phase that <see cref="AttemptProgress"/> names: connecting, sending, waiting for the head, body.</summary>
    Timeout,

    /// <summary>The backend sent something that is not HTTP/1.1 (RFC 9112).</summary>
    InvalidResponse,

    /// <summary>The client went away or sent a bad body: not the backend's fault.</summary>
    Client,

    /// <summary>Another attempt at the same request was faster, and this one was ended: nobody's fault.</summary>
    Overtaken,
}

/// <summary>The named outcome of one attempt. <paramref name="StatusCode"/> is 0 where no response head was received.</summary>
internal readonly record struct AttemptResult(AttemptProgress Progress, AttemptFailure Failure, int StatusCode = 0)
{
    /// <summary>The backend's <c>Retry-After</c> where it answered 503 with one (RFC 9110 §10.2.3); not checked yet.</summary>
    public string? RetryAfter { get; init; }
}
