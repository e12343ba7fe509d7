using System.Diagnostics.Metrics;

namespace AspireLB.Balancing.Observing;

internal enum InstrumentKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>Name, unit (UCUM, annotations in braces) and meaning of an instrument; dashboards and alert rules are made from it.</summary>
internal sealed record InstrumentDefinition(string Name, InstrumentKind Kind, string Unit, string Description)
{
    /// <summary>Most series that one backend makes. Default 1, which is also enough for an instrument of clusters.</summary>
    public int SeriesABackend { get; init; } = 1;

    /// <summary>The name under which Prometheus knows it: underscores, then the unit, then <c>_total</c> for counters.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "") + (Kind == InstrumentKind.Counter ? "_total" : "");

    public Counter<long> CreateCounter(Meter meter) => meter.CreateCounter<long>(Name, Unit, Description);

    public Histogram<double> CreateHistogram(Meter meter, params double[] bounds) =>
        meter.CreateHistogram(Name, Unit, Description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>An instrument that is asked when somebody looks, and costs nothing otherwise.</summary>
    public void Observe(Meter meter, Func<IEnumerable<Measurement<double>>> read)
    {
        if (Kind == InstrumentKind.Counter)
            meter.CreateObservableCounter(Name, read, Unit, Description);
        else
            meter.CreateObservableGauge(Name, read, Unit, Description);
    }
}
