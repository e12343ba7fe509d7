using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>Observation is what one attempt says about its backend.</summary>
internal enum Observation
{
    /// <summary>The backend sent a response whose status does not count as a failure.</summary>
    Success,

    /// <summary>The backend sent a response whose status counts as a failure. It can be reached, so only the error rate can eject it.</summary>
    FailedStatus,

    /// <summary>The backend could not be reached, or sent no usable response.</summary>
    NoAnswer,
}

/// <summary>OutlierDetector watches the attempts of one backend and says when the backend should be ejected. It does not track ejections.</summary>
internal sealed class OutlierDetector(TimeProvider time, PassiveHealthOptions options)
{
    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromMilliseconds(500);

    private readonly SlidingCount _attempts = new(time, options.Window);
    private readonly SlidingCount _failures = new(time, options.Window);
    private int _consecutive;
    private long _nextComparison;

    public PassiveHealthOptions Options => options;

    public LatencyAverage Latency { get; } = new(time, options.Window);

    /// <summary>
    /// Returns true once per <see cref="ComparisonInterval"/>. Comparing backends means reading all of them, which is too slow for each attempt.
    /// </summary>
    public bool IsTimeToCompare()
    {
        var (now, next) = (time.GetTimestamp(), Volatile.Read(ref _nextComparison));
        var following = now + (long)(ComparisonInterval.TotalSeconds * time.TimestampFrequency);
        return now >= next && Interlocked.CompareExchange(ref _nextComparison, following, next) == next;
    }

    /// <summary>Records an attempt.</summary>
    /// <returns>Why the backend should be ejected, in a few words; null if it should not.</returns>
    public string? Observe(Observation observation)
    {
        _attempts.Add();
        if (observation != Observation.NoAnswer && Volatile.Read(ref _consecutive) != 0)
            Volatile.Write(ref _consecutive, 0);
        if (observation == Observation.Success)
            return null;

        _failures.Add();
        var consecutive = observation == Observation.NoAnswer ? Interlocked.Increment(ref _consecutive) : 0;
        if (consecutive >= options.ConsecutiveFailures)
            return $"{consecutive} attempts in a row without a response";

        var (attempts, failures) = (_attempts.Sum(), _failures.Sum());
        return attempts >= options.MinimumRequests && failures >= options.ErrorRate * attempts
            ? $"{failures} of {attempts} attempts failed within {options.Window.TotalSeconds:0.#} s"
            : null;
    }

    /// <summary>Clears all records, so that a backend that returns is judged by new attempts only.</summary>
    public void Reset()
    {
        Volatile.Write(ref _consecutive, 0);
        _attempts.Clear();
        _failures.Clear();
        Latency.Clear();
    }
}
