using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Model;

/// <summary>What one attempt says about its backend.</summary>
internal enum Observation
{
    /// <summary>It answered, and not with a status that counts as a failure.</summary>
    Success,

    /// <summary>It answered with a status that counts as a failure: the error rate decides, since it is there and talks.</summary>
    FailedStatus,

    /// <summary>It could not be reached, or gave no answer that could be used.</summary>
    NoAnswer,
}

/// <summary>Watches the attempts of one backend and says when they call for an ejection. It keeps no time of ejections itself.</summary>
internal sealed class OutlierDetector(TimeProvider time, PassiveHealthOptions options)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly SlidingCount _attempts = new(time, options.Window);
    private readonly SlidingCount _failures = new(time, options.Window);
    private int _consecutive;
    private long _nextLook;

    public PassiveHealthOptions Options => options;

    public LatencyAverage Latency { get; } = new(time, options.Window);

    /// <summary>True once in <see cref="LookInterval"/>: backends are compared then, since that takes a look at all of them.</summary>
    public bool IsTimeToCompare()
    {
        var (now, next) = (time.GetTimestamp(), Volatile.Read(ref _nextLook));
        return now >= next && Interlocked.CompareExchange(ref _nextLook, now + (long)(LookInterval.TotalSeconds * time.TimestampFrequency), next) == next;
    }

    /// <returns>Why the backend is to be ejected, in a few words; null if it is not.</returns>
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
            return $"{consecutive} attempts in a row without an answer";

        var (attempts, failures) = (_attempts.Sum(), _failures.Sum());
        return attempts >= options.MinimumRequests && failures >= options.ErrorRate * attempts
            ? $"{failures} of {attempts} attempts failed within {options.Window.TotalSeconds:0.#} s"
            : null;
    }

    /// <summary>Forgets what was seen, so that a backend that comes back is judged anew.</summary>
    public void Reset()
    {
        Volatile.Write(ref _consecutive, 0);
        _attempts.Clear();
        _failures.Clear();
        Latency.Clear();
    }
}
