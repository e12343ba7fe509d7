using System.Diagnostics.Metrics;

namespace AspireLB.Balancing.Observing;

internal enum InstrumentKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>
/// InstrumentDefinition holds the name, unit (UCUM, annotations in braces) and description of an instrument. Dashboards and alert rules are generated
/// from it.
/// </summary>
internal sealed record InstrumentDefinition(string Name, InstrumentKind Kind, string Unit, string Description)
{
    /// <summary>The most series per backend. Default 1, which is also enough for an instrument of clusters.</summary>
    public int SeriesABackend { get; init; } = 1;

    /// <summary>The name in Prometheus: underscores for dots, then the unit, then <c>_total</c> for counters.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "") + (Kind == InstrumentKind.Counter ? "_total" : "");

    public Counter<long> CreateCounter(Meter meter) => meter.CreateCounter<long>(Name, Unit, Description);

    public Histogram<double> CreateHistogram(Meter meter, params double[] bounds) =>
        meter.CreateHistogram(Name, Unit, Description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>Creates an instrument that is read only at a collection, and costs nothing otherwise.</summary>
    public void Observe(Meter meter, Func<IEnumerable<Measurement<double>>> read)
    {
        if (Kind == InstrumentKind.Counter)
            meter.CreateObservableCounter(Name, read, Unit, Description);
        else
            meter.CreateObservableGauge(Name, read, Unit, Description);
    }
}
