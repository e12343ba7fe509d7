namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>
/// A byte stream to a backend. Failures are results, not exceptions: a backend that fails does so thousands of times a second. At most one
/// receive and one send may be under way at a time; <see cref="Abort"/> may be called from anywhere and ends both.
/// </summary>
internal abstract class BackendTransport : IDisposable
{
    /// <summary>Result of a receive on a connection that was reset, aborted, or broke its encryption.</summary>
    public const int Failed = -1;

    /// <summary>Whether a receive would return at once. False where that is not known.</summary>
    public abstract bool HasData { get; }

    /// <summary>Whether nothing has happened on the connection since the last response: neither bytes nor its end. Asked before it is used again.</summary>
    public abstract bool IsQuiet { get; }

    /// <summary>Whether <see cref="IsQuiet"/> is known to be true without asking the system. False where that is not known.</summary>
    public virtual bool IsKnownQuiet => false;

    /// <summary>The same, as the system says at this moment.</summary>
    public virtual bool IsQuietNow => IsQuiet;

    /// <summary>Whether <see cref="WaitForDataAsync"/> waits, so that no buffer need be at hand meanwhile.</summary>
    public virtual bool WaitsWithoutBuffer => true;

    /// <summary>Returns the number of bytes received, 0 at the peer's end of the stream, or <see cref="Failed"/>.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends everything; false where the connection failed.</summary>
    public abstract ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends a rented buffer and returns it, at the latest before the response is there; false where the connection failed.</summary>
    public abstract ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length);

    /// <summary>The same, without holding it back until others can go out with it.</summary>
    public virtual ValueTask<bool> SendAtOnceAsync(byte[] buffer, int length) => SendAndReturnAsync(buffer, length);

    /// <summary>Waits until a receive would return at once, where that can be done without a buffer; otherwise returns immediately.</summary>
    public virtual ValueTask WaitForDataAsync() => default;

    /// <summary>Told when the connection goes idle.</summary>
    public virtual void Rest()
    {
    }

    public abstract void Abort();

    public abstract void Dispose();
}
