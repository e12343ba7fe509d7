using System.Diagnostics.Metrics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using OpenTelemetry.Metrics;

namespace AspireLB.LoadBalancer.Observing;

/// <summary>
/// How many series of each of our instruments OpenTelemetry's SDK keeps apart; more than that would be one, without tags. The SDK has memory for all of
/// them from the start, so that no limit is larger than it need be.
/// </summary>
internal static class SeriesLimit
{
    /// <summary>What the SDK has where nobody says anything.</summary>
    public const int Default = 2_000;

    // For backends that come later, and for those that came in the place of others: theirs are not forgotten. 2,000 in all have room anyway.
    private const int Spare = 4;

    /// <param name="instrument">Any instrument.</param>
    /// <param name="backends">Number of backends now.</param>
    /// <returns>Null where the default will do.</returns>
    public static MetricStreamConfiguration? For(Instrument instrument, int backends) =>
        instrument.Meter.Name == TelemetryNames.Source
        && Instruments.All.FirstOrDefault(known => known.Name == instrument.Name) is { } definition
        && definition.SeriesABackend * Math.Max(Default, backends * Spare) is > Default and var limit
            ? new() { CardinalityLimit = limit }
            : null;
}
