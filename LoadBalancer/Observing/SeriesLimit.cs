using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using OpenTelemetry.Metrics;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// Decides how many series OpenTelemetry's SDK keeps for each of AspireLB's instruments; any beyond the limit are merged into one without tags. The
/// SDK allocates memory for all of them at the start, so the limit is no larger than needed.
/// </summary>
internal static class SeriesLimit
{
    /// <summary>The SDK's default limit.</summary>
    public const int Default = 2_000;

    // Room for backends added or replaced later, whose series are never removed. A total of 2,000 has room anyway.
    private const int Spare = 4;

    /// <param name="instrument">Any instrument.</param>
    /// <param name="backends">Current number of backends.</param>
    /// <returns>Null if the default is enough.</returns>
    public static MetricStreamConfiguration? For(Instrument instrument, int backends) =>
        instrument.Meter.Name == TelemetryNames.Source
        && Instruments.All.FirstOrDefault(known => known.Name == instrument.Name) is { } definition
        && definition.SeriesABackend * Math.Max(Default, backends * Spare) is > Default and var limit
            ? new() { CardinalityLimit = limit }
            : null;
}
