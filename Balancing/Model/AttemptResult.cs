namespace AspireLB.Balancing.Model;

/// <summary>AttemptProgress says how far an attempt got with its backend. It alone decides whether the request may be retried.</summary>
internal enum AttemptProgress : byte
{
    /// <summary>No connection was made: the backend cannot have seen the request.</summary>
    NeverConnected,

    /// <summary>Connected, but no byte of the request was passed to the connection.</summary>
    NothingSent,

    /// <summary>Some or all of the request was sent, and no byte of a response was received: the backend may have acted on it.</summary>
    NoResponse,

    /// <summary>A complete response head was received, and nothing of it has reached the client.</summary>
    HeadReceived,

    /// <summary>The response broke off after its head, or its head was not valid HTTP.</summary>
    BrokenOff,

    /// <summary>The whole response went to the client.</summary>
    Completed,
}

/// <summary>AttemptFailure says what ended an attempt.</summary>
internal enum AttemptFailure : byte
{
    /// <summary>Nothing failed.</summary>
    None,

    /// <summary>The connection was refused, reset or closed.</summary>
    Connection,

    /// <summary>The TLS handshake failed: the backend's certificate is not trusted, or the backend refused the handshake.</summary>
    Untrusted,

    /// <summary>The phase that <see cref="AttemptProgress"/> names timed out: connecting, sending, waiting for the head, or the body.</summary>
    Timeout,

    /// <summary>The backend sent something that is not HTTP/1.1 (RFC 9112).</summary>
    InvalidResponse,

    /// <summary>The client closed its connection or sent an invalid body: not the backend's fault.</summary>
    Client,

    /// <summary>Another attempt at the same request was faster, and this one was cancelled: not a fault.</summary>
    Overtaken,
}

/// <summary>AttemptResult is the outcome of one attempt. <paramref name="StatusCode"/> is 0 if no response head was received.</summary>
internal readonly record struct AttemptResult(AttemptProgress Progress, AttemptFailure Failure, int StatusCode = 0)
{
    /// <summary>The unparsed <c>Retry-After</c> of a 503 response (RFC 9110 §10.2.3); null if there was none.</summary>
    public string? RetryAfter { get; init; }
}
