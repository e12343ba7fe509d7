namespace AspireLB.LoadBalancer.Simulator;

/// <summary>A finished request.</summary>
/// <param name="Came">When it arrived.</param>
/// <param name="Ended">When its response was complete.</param>
/// <param name="Succeeded">Whether the response was successful.</param>
/// <param name="Attempts">Attempts made.</param>
internal readonly record struct Finished(TimeSpan Came, TimeSpan Ended, bool Succeeded, int Attempts);

/// <summary>Collects the results of requests.</summary>
internal sealed class Figures
{
    private readonly List<Finished> _requests = [];
    private readonly List<TimeSpan> _attempts = [];

    public int Requests => _requests.Count;

    public int Attempts => _attempts.Count;

    public void Add(Finished request) => _requests.Add(request);

    public void AttemptBegins(TimeSpan at) => _attempts.Add(at);

    /// <summary>Share of the requests that arrived within this time and were served.</summary>
    public double Served(TimeSpan from, TimeSpan to)
    {
        var within = Within(from, to).ToList();
        return within.Count == 0 ? 1 : (double)within.Count(request => request.Succeeded) / within.Count;
    }

    /// <summary>Attempts begun per request that arrived within this time.</summary>
    public double AttemptsPerRequest(TimeSpan from, TimeSpan to) =>
        (double)_attempts.Count(at => at >= from && at < to) / Math.Max(1, Within(from, to).Count());

    /// <summary>Quantile of the duration of requests that arrived within a time, whatever the response.</summary>
    public TimeSpan Latency(double share, TimeSpan from, TimeSpan to)
    {
        var latencies = Within(from, to).Select(request => request.Ended - request.Came).Order().ToArray();
        return latencies.Length == 0 ? TimeSpan.Zero : latencies[Math.Min(latencies.Length - 1, (int)(share * latencies.Length))];
    }

    /// <summary>Time after <paramref name="from"/> until at least 99 % of the requests of a second are served; null if that never happens.</summary>
    public TimeSpan? RecoveredAfter(TimeSpan from, TimeSpan end)
    {
        var second = TimeSpan.FromSeconds(1);
        for (var at = from; at + second <= end; at += second)
        {
            if (Served(at, at + second) >= 0.99)
                return at - from;
        }

        return null;
    }

    private IEnumerable<Finished> Within(TimeSpan from, TimeSpan to) => _requests.Where(request => request.Came >= from && request.Came < to);
}
