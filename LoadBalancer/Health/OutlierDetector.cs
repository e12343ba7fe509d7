using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Health;

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
    private readonly SlidingCount _attempts = new(time, options.Window);
    private readonly SlidingCount _failures = new(time, options.Window);
    private int _consecutive;

    public PassiveHealthOptions Options => options;

    /// <returns>Why the backend is to be ejected, in a few words; null if it is not.</returns>
    public string? Observe(Observation observation)
    {
        _attempts.Add();
        if (observation == Observation.Success)
        {
            if (Volatile.Read(ref _consecutive) != 0)
                Volatile.Write(ref _consecutive, 0);
            return null;
        }

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
    }
}
