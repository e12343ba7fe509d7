using System.Globalization;
using System.Text.Json;

namespace AspireLB.Load;

/// <summary>
/// Requests: all that were answered, those of the warm-up included, which is what the proxy's CPU time is divided by. Measured: those that fell due
/// within the measured time, which is what rate and latencies (in microseconds) are of.
/// </summary>
internal sealed record Result(
    long Requests, long Measured, double Seconds, double Rate, double P50, double P99, double Max, long Failures, string FirstFailure)
{
    public static Result Of(long requests, Histogram latencies, double seconds, long failures, string firstFailure) => new(
        requests, latencies.Count, seconds, seconds > 0 ? latencies.Count / seconds : 0,
        latencies.Quantile(0.5) / 1e3, latencies.Quantile(0.99) / 1e3, latencies.Max / 1e3, failures, firstFailure);

    public string ToJson() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"requests":{{Requests}},"measured":{{Measured}},"seconds":{{Seconds:F3}},"rate":{{Rate:F1}},"p50_us":{{P50:F1}},"p99_us":{{P99:F1}},"max_us":{{Max:F1}},"failures":{{Failures}},"first_failure":{{JsonSerializer.Serialize(FirstFailure)}}}
        """);
}
