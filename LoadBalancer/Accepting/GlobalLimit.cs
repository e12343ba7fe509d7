using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Limits the requests in flight over all clusters: rejecting a few is better than serving all of them badly.</summary>
internal sealed class GlobalLimit(RequestDelegate next, ConfigurationStore configuration)
{
    private int _inFlight;

    public Task InvokeAsync(HttpContext context)
    {
        var limit = configuration.Current.LoadBalancer.Root.MaxInFlight;
        return limit == 0 ? next(context) : LimitedAsync(context, limit);
    }

    private async Task LimitedAsync(HttpContext context, int limit)
    {
        try
        {
            if (Interlocked.Increment(ref _inFlight) <= limit)
                await next(context);
            else
                await RejectAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static Task RejectAsync(HttpContext context) =>
        Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The load balancer is at its limit.", retryAfterSeconds: 1);
}
