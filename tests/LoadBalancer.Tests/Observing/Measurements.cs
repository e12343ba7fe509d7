using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace AspireLB.LoadBalancer.Tests.Observing;

/// <summary>Listens to the meters of one factory and records their measurements, as <c>name{tag=value,…} value</c>.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<string> _seen = [];

    public Measurements()
    {
        Meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IMeterFactory Meters { get; }

    public IReadOnlyList<string> Seen => _seen;

    public IReadOnlyList<string> Observe()
    {
        _seen.Clear();
        _listener.RecordObservableInstruments();
        return _seen;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Add(
            FormattableString.Invariant($"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}}} {value}"));
}
