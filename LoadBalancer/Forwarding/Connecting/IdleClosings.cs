namespace AspireLB.LoadBalancer.Forwarding.Connecting;

/// <summary>
/// What a backend's closing of idle connections tells. A request sent on a connection at the moment the backend closes it may or may not have been
/// executed; one that may not be executed twice therefore keeps away from connections that have been idle for about as long as those that were closed
/// lately. Not thread-safe.
/// </summary>
internal sealed class IdleClosings(TimeProvider time)
{
    /// <summary>What was seen is remembered for this long, and at most for twice as long.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private long _began = time.GetTimestamp();
    private TimeSpan _shortest = TimeSpan.MaxValue;
    private TimeSpan _shortestBefore = TimeSpan.MaxValue;

    /// <summary>The backend has closed a connection that was idle for so long, or less.</summary>
    public void Saw(TimeSpan idle)
    {
        Forget();
        _shortest = idle < _shortest ? idle : _shortest;
    }

    /// <summary>Whether a connection that has been idle for so long may be about to be closed: for longer than half of the shortest time seen.</summary>
    public bool Threaten(TimeSpan idle)
    {
        Forget();
        return idle > (_shortest < _shortestBefore ? _shortest : _shortestBefore) / 2;
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_began, now);
        if (passed < Memory)
            return;

        _shortestBefore = passed < 2 * Memory ? _shortest : TimeSpan.MaxValue;
        _shortest = TimeSpan.MaxValue;
        _began = now;
    }
}
