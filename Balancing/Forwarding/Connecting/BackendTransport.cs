namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// BackendTransport is a byte stream to a backend. Failures are results, not exceptions: a failing backend can fail thousands of times a second. At
/// most one receive and one send may be pending at a time; any thread may call <see cref="Abort"/>, which ends both.
/// </summary>
internal abstract class BackendTransport : IDisposable
{
    /// <summary>Result of a receive on a connection that was reset or aborted, or whose encryption failed.</summary>
    public const int Failed = -1;

    /// <summary>Whether a receive would return at once. False if that is unknown.</summary>
    public abstract bool HasData { get; }

    /// <summary>Whether nothing has arrived since the last response, neither bytes nor a close. Checked before the connection is reused.</summary>
    public abstract bool IsQuiet { get; }

    /// <summary>Whether <see cref="IsQuiet"/> is known to be true without a system call. False if that is unknown.</summary>
    public virtual bool IsKnownQuiet => false;

    /// <summary><see cref="IsQuiet"/> as the kernel reports it at this moment.</summary>
    public virtual bool IsQuietNow => IsQuiet;

    /// <summary>Whether <see cref="WaitForDataAsync"/> waits, so that no buffer is needed meanwhile.</summary>
    public virtual bool WaitsWithoutBuffer => true;

    /// <summary>Returns the number of bytes received, 0 at the peer's end of the stream, or <see cref="Failed"/>.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all bytes; false if the connection failed.</summary>
    public abstract ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends a rented buffer and returns it to the pool before the response arrives; false if the connection failed.</summary>
    public abstract ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length);

    /// <summary>Like <see cref="SendAndReturnAsync"/>, but never delays the send to combine it with others.</summary>
    public virtual ValueTask<bool> SendAtOnceAsync(byte[] buffer, int length) => SendAndReturnAsync(buffer, length);

    /// <summary>Waits until a receive would return at once, if the transport can wait without a buffer; otherwise returns immediately.</summary>
    public virtual ValueTask WaitForDataAsync() => default;

    /// <summary>Called when the connection becomes idle.</summary>
    public virtual void Rest()
    {
    }

    public abstract void Abort();

    public abstract void Dispose();
}
