using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;

namespace AspireLB.Balancing.Retrying;

/// <summary>HedgeRule decides from the request and its cluster whether an attempt that takes long gets a second one beside it.</summary>
internal static class HedgeRule
{
    /// <param name="request">The request; only one with a safe method is hedged.</param>
    /// <param name="cluster">The request's cluster.</param>
    /// <param name="allowed">The backends that the request may go to; hedging needs at least two.</param>
    /// <param name="counted">Earlier attempts that count; <see cref="RetryOptions.MaxAttempts"/> must leave room for both.</param>
    /// <param name="options">The request's retry options.</param>
    /// <returns>Delay after which the second attempt begins; null: no second attempt.</returns>
    public static TimeSpan? Delay(HttpRequest request, Cluster cluster, AvailableBackends allowed, int counted, RetryOptions options)
    {
        var hedge = options.Hedge;
        return hedge.Enabled && counted + 1 < options.MaxAttempts && allowed.Count > 1 && RetrySafety.IsSafe(request)
            ? hedge.Delay ?? cluster.Latency.Quantile(cluster.Available, hedge.Percentile / 100)
            : null;
    }
}
