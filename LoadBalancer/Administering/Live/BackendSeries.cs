using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.LoadBalancer.Observing;

namespace AspireLB.LoadBalancer.Administering.Live;

/// <summary>One bin of a backend's history.</summary>
/// <param name="PerSecond">Attempts begun per second.</param>
/// <param name="P95">95 % quantile of the time to the response head at the end of the bin, in milliseconds.</param>
internal readonly record struct HistoryBin(double PerSecond, double P95);

/// <summary>Turns a backend's counters, sampled once a second, into rates and a history of five minutes.</summary>
internal sealed class BackendSeries(Backend backend, TimeProvider time)
{
    /// <summary>Seconds over which rates are averaged.</summary>
    public const int Smoothing = 5;

    /// <summary>Number of bins in the history, <see cref="Smoothing"/> seconds each.</summary>
    public const int Bins = 60;

    private readonly Ring<Counters> _looks = new(Smoothing + 1);
    private readonly Ring<HistoryBin> _history = new(Bins);
    private AdministrativeState _administrative = backend.Administration.State;
    private int? _weightOverride = backend.Administration.WeightOverride;
    private int _looksInBin;

    /// <summary>The figures last sent.</summary>
    public BackendFigures? Sent { get; set; }

    public IReadOnlyList<HistoryBin> History => _history.ToArray();

    public void Sample()
    {
        _looks.Add(new(time.GetTimestamp(), backend.Attempts.Begun, backend.Attempts.Failed));
        if (++_looksInBin < Smoothing)
            return;
        _looksInBin = 0;
        _history.Add(new(Rates().PerSecond, Round(backend.Attempts.Latency.QuantilesInMilliseconds(0.95)[0])));
    }

    public BackendFigures Figures()
    {
        var (perSecond, errorRate) = Rates();
        var latency = backend.Attempts.Latency.QuantilesInMilliseconds(0.5, 0.95, 0.99);
        return new($"{backend.ClusterId}/{backend.Name}", backend.State, backend.EffectiveWeight, backend.Attempts.InFlight, perSecond, errorRate,
            Round(latency[0]), Round(latency[1]), Round(latency[2]), backend.Attempts.Begun, backend.Attempts.Failed, backend.Attempts.Retried);
    }

    /// <summary>Records manual changes since the last sample in the journal, no matter how they were made.</summary>
    public void RecordManualChanges(EventJournal journal)
    {
        if (backend.Administration.State != _administrative)
        {
            _administrative = backend.Administration.State;
            {
                DateTimeOffset? at = _administrative == AdministrativeState.Draining ? backend.Administration.DrainsSince : null;
                journal.Add(KindOf(_administrative), backend.ClusterId, backend.Name, at: at);
            }
        }

        if (backend.Administration.WeightOverride != _weightOverride)
        {
            _weightOverride = backend.Administration.WeightOverride;
            journal.Add(EventKinds.Weight, backend.ClusterId, backend.Name, $"weight {backend.EffectiveWeight}");
        }
    }

    private (double PerSecond, double ErrorRate) Rates()
    {
        if (_looks.Count < 2)
            return default;
        var (from, to) = (_looks[0], _looks[_looks.Count - 1]);
        var seconds = time.GetElapsedTime(from.Timestamp, to.Timestamp).TotalSeconds;
        var requests = to.Requests - from.Requests;
        var errorRate = requests > 0 ? Math.Min(1, (to.Failures - from.Failures) / (double)requests) : 0;
        return (seconds > 0 ? Math.Round(requests / seconds, 1) : 0, Math.Round(errorRate, 4));
    }

    private static string KindOf(AdministrativeState state) => state switch
    {
        AdministrativeState.Draining => EventKinds.Drain,
        AdministrativeState.Disabled => EventKinds.Disable,
        _ => EventKinds.Enable,
    };

    private static double Round(double milliseconds) => Math.Round(milliseconds, 2);

    private readonly record struct Counters(long Timestamp, long Requests, long Failures);
}
