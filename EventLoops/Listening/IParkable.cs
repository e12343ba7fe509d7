using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.EventLoops.Listening;

/// <summary>Feature of a connection that can be parked between two requests.</summary>
internal interface IParkable
{
    /// <summary>
    /// The request of the connection, one and the same object for all of them: Kestrel's HTTP/1 connection, whose target is null between two requests.
    /// Null until the first request, and for good where there may be several at a time.
    /// </summary>
    IHttpRequestFeature? Request { get; set; }
}

/// <summary>Shows a connection its request.</summary>
internal sealed class Parkable(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IParkable>() is { Request: null } connection && context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal))
            connection.Request = context.Features.Get<IHttpRequestFeature>();
        return next(context);
    }
}
