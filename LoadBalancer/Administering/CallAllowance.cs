namespace AspireLB.LoadBalancer.Administering;

/// <summary>A token bucket: so many calls a second, twice as many at once. It is filled up when it is looked at.</summary>
internal sealed class CallAllowance(int perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _left = perSecond * 2;
    private long _at = time.GetTimestamp();

    public bool IsWhole
    {
        get
        {
            lock (_lock)
                return FillUp() >= perSecond * 2;
        }
    }

    public bool TryTake()
    {
        lock (_lock)
        {
            if (FillUp() < 1)
                return false;
            _left--;
            return true;
        }
    }

    private double FillUp()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(perSecond * 2, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
        return _left;
    }
}
