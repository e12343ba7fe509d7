namespace AspireLB.Balancing.Model;

/// <summary>
/// BackendPause is the pause that a backend asked for by <c>Retry-After</c> (RFC 9110, section 10.2.3). It is respected while other backends are
/// available.
/// </summary>
internal sealed class BackendPause(TimeProvider time)
{
    private int _hasWaiter;

    /// <summary>When the pause ends; <see cref="DateTimeOffset.MinValue"/> if there was none.</summary>
    public DateTimeOffset Until { get; set; } = DateTimeOffset.MinValue;

    public bool IsInEffect => Until > time.GetUtcNow();

    /// <summary>Lets one caller at a time wait for the end of the pause.</summary>
    /// <returns>True for the caller that waits; it calls <see cref="EndWait"/> afterwards.</returns>
    public bool TryBeginWait() => Volatile.Read(ref _hasWaiter) == 0 && Interlocked.Exchange(ref _hasWaiter, 1) == 0;

    public void EndWait() => Interlocked.Exchange(ref _hasWaiter, 0);
}
