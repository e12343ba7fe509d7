namespace AspireLB.Balancing.Options;

/// <summary>How long each phase of an attempt may take. Times are <c>hh:mm:ss</c>.</summary>
[OptionsSection]
public sealed partial class TimeoutOptions
{
    /// <summary>Time to open a connection to a backend, including the TLS handshake. Default 2 s.</summary>
    [Duration("00:00:00.001", "00:10:00")]
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time from the end of the request to the end of the response head. Default 1 min.</summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan ResponseHead { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Time without a byte in either direction while a body is sent or received. It limits pauses, not rates: a client may read or send at any speed.
    /// A client that pauses for longer gets a 408 response, or its response is broken off; this does not count against the backend. Default 100 s.
    /// </summary>
    [Duration("00:00:00.001", "1.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromSeconds(100);
}
