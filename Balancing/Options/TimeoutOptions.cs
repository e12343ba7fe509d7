namespace AspireLB.Balancing.Options;

/// <summary>How long each phase of an attempt may take. Times are <c>hh:mm:ss</c>.</summary>
public sealed class TimeoutOptions
{
    /// <summary>Time to open a connection to a backend, TLS handshake included. Default 2 s.</summary>
    [Duration("00:00:00.001", "00:10:00")]
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time from the end of the request to the end of the response head. Default 1 min.</summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan ResponseHead { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Time without a byte in either direction while a body is sent or received. It limits pauses, not rates: a client may read or send as slowly as it likes.
    /// A client that is silent for longer is answered 408, or its response is broken off, and the backend is not blamed. Default 100 s.
    /// </summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(100);
}
