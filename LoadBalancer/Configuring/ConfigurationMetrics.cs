using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Configuring;

/// <summary>Counts configuration changes and reports whether the latest one is in effect.</summary>
internal sealed class ConfigurationMetrics
{
    private readonly Counter<long> _reloads;
    private bool _valid = true;

    public ConfigurationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _reloads = Instruments.Reloads.CreateCounter(meter);
        Instruments.ConfigurationValid.Observe(meter, () => [new(Volatile.Read(ref _valid) ? 1 : 0)]);
    }

    public void Applied() => Count("applied", valid: true);

    public void Refused() => Count("refused", valid: false);

    private void Count(string outcome, bool valid)
    {
        Volatile.Write(ref _valid, valid);
        _reloads.Add(1, new KeyValuePair<string, object?>(TelemetryNames.OutcomeTag, outcome));
    }
}
