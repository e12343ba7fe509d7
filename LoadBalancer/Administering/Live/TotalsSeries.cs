using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>The totals of all requests per second, over the last five minutes.</summary>
internal sealed class TotalsSeries(RequestFeed feed, TimeProvider time)
{
    public const int Seconds = 300;

    private readonly DurationReader _durations = new(feed.Durations);
    private readonly Ring<TotalsView> _history = new(Seconds);
    private long _timestamp = time.GetTimestamp();
    private long _errors;

    public IReadOnlyList<TotalsView> History => _history.ToArray();

    public TotalsView Sample(int inFlight, int waiting)
    {
        var now = time.GetTimestamp();
        var seconds = Math.Max(0.001, time.GetElapsedTime(_timestamp, now).TotalSeconds);
        var errors = feed.Errors;
        _durations.ReadSinceLast();
        var view = new TotalsView(
            Math.Round(_durations.Count / seconds, 1),
            Math.Round((errors - _errors) / seconds, 1),
            Quantile(0.5), Quantile(0.95), Quantile(0.99),
            inFlight,
            waiting);
        (_timestamp, _errors) = (now, errors);
        _history.Add(view);
        return view;
    }

    private double Quantile(double share) => Math.Round(_durations.QuantileInMilliseconds(share), 2);
}
