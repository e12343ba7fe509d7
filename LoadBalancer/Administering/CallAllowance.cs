namespace AspireLB.LoadBalancer.Administering;

/// <summary>A token bucket: a number of calls per second, with bursts of twice as many. It is refilled on use and needs no timer.</summary>
internal sealed class CallAllowance(int perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _left = perSecond * 2;
    private long _at = time.GetTimestamp();

    /// <summary>Whether the bucket is full.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
                return LeftAt(time.GetTimestamp()) >= perSecond * 2;
        }
    }

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            (_left, _at) = (LeftAt(now), now);
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }

    private double LeftAt(long now) => Math.Min(perSecond * 2, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
}
