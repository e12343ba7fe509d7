namespace AspireLB.Balancing.Model;

/// <summary>LatencyAverage is a backend's average latency over a sliding window.</summary>
internal sealed class LatencyAverage(TimeProvider time, TimeSpan window)
{
    private const double PerMillisecond = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly SlidingCount _responses = new(time, window);
    private readonly SlidingCount _tenths = new(time, window);

    public void Add(TimeSpan latency)
    {
        _responses.Add();
        _tenths.Add((int)Math.Round((latency < Longest ? latency : Longest).TotalMilliseconds * PerMillisecond));
    }

    /// <summary>The average in milliseconds; null if there are fewer responses than <paramref name="minimum"/>.</summary>
    public double? Milliseconds(int minimum) =>
        _responses.Sum() is var responses && responses >= minimum ? _tenths.Sum() / PerMillisecond / responses : null;

    public void Clear()
    {
        _responses.Clear();
        _tenths.Clear();
    }
}
