using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Retrying;

/// <summary>Whether an attempt that takes long gets another one beside it, as far as the request and its cluster decide that.</summary>
internal static class HedgeRule
{
    /// <param name="request">The request; only one that may be acted on twice at once.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="allowed">The backends it may go to; two at least.</param>
    /// <param name="counted">Attempts made before that count; <see cref="RetryOptions.MaxAttempts"/> must leave room for both.</param>
    /// <param name="options">The options that hold for the request.</param>
    /// <returns>Time after which the second begins; null: there is none.</returns>
    public static TimeSpan? Delay(HttpRequest request, Cluster cluster, AvailableBackends allowed, int counted, RetryOptions options)
    {
        var hedge = options.Hedge;
        return hedge.Enabled && counted + 1 < options.MaxAttempts && allowed.Count > 1 && RetrySafety.IsSafe(request)
            ? hedge.Delay ?? cluster.Latency.Quantile(cluster.Available, hedge.Percentile / 100)
            : null;
    }
}
