namespace AspireLB.Balancing.Model;

/// <summary>How long a backend takes to answer, on average over a sliding window.</summary>
internal sealed class LatencyAverage(TimeProvider time, TimeSpan window)
{
    private const double PerMillisecond = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly SlidingCount _answers = new(time, window);
    private readonly SlidingCount _tenths = new(time, window);

    public void Add(TimeSpan latency)
    {
        _answers.Add();
        _tenths.Add((int)Math.Round((latency < Longest ? latency : Longest).TotalMilliseconds * PerMillisecond));
    }

    /// <summary>The average in milliseconds; null with fewer answers than <paramref name="fewest"/>.</summary>
    public double? Milliseconds(int fewest) => _answers.Sum() is var answers && answers >= fewest ? _tenths.Sum() / PerMillisecond / answers : null;

    public void Clear()
    {
        _answers.Clear();
        _tenths.Clear();
    }
}
