namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Asks clients to close their connections during a stop, so that their next request uses another server (RFC 9112 §9.6).</summary>
internal sealed class CloseWhenStopping(RequestDelegate next, Shutdown shutdown)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (shutdown.IsStopping && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return next(context);
    }
}
