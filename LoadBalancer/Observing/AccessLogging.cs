namespace AspireLB.LoadBalancer.Observing;

/// <summary>Adds each finished request to the access log, no matter how it ended.</summary>
internal sealed class AccessLogging(RequestDelegate next, AccessLog log, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var (at, began) = (time.GetUtcNow(), time.GetTimestamp());
        try
        {
            await next(context);
        }
        finally
        {
            log.Add(AccessEntry.From(context, at, time.GetElapsedTime(began)));
        }
    }
}
