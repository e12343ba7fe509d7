using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Bounds the requests that the balancer works on at a time, over all clusters: better to refuse a few than to serve all badly.</summary>
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
                await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The load balancer is at its limit.", retryAfterSeconds: 1);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
