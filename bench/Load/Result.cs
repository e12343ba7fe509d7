using System.Text.Json;

namespace AspireLB.Load;

/// <summary>
/// The result. Requests: all that got a response, including the warm-up; the proxy's CPU time is divided by it. Rate and latencies (in
/// microseconds) cover the requests that were due within the measured time.
/// </summary>
internal sealed record Result(
    long Requests, double Seconds, double Rate, double P50, double P99, double Max, long Failures, string FirstFailure)
{
    public static Result Of(long requests, Histogram latencies, double seconds, long failures, string firstFailure) => new(
        requests, seconds, seconds > 0 ? latencies.Count / seconds : 0,
        latencies.Quantile(0.5) / 1e3, latencies.Quantile(0.99) / 1e3, latencies.Max / 1e3, failures, firstFailure);

    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["requests"] = Requests,
        ["seconds"] = Seconds,
        ["rate"] = Rate,
        ["p50_us"] = P50,
        ["p99_us"] = P99,
        ["max_us"] = Max,
        ["failures"] = Failures,
        ["first_failure"] = FirstFailure,
    });
}
