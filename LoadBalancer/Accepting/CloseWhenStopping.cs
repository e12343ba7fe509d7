namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Asks clients to close their connections while the balancer is stopping, so that their next request goes elsewhere (RFC 9112 §9.6).</summary>
internal sealed class CloseWhenStopping(RequestDelegate next, Shutdown shutdown)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (shutdown.IsStopping && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return next(context);
    }
}
