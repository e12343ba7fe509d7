using Microsoft.AspNetCore.Http.Features;

namespace AspireLB.EventLoops.Listening;

/// <summary>IParkable is a feature of connections that can be parked between two requests.</summary>
internal interface IParkable
{
    /// <summary>
    /// The connection's request feature. For HTTP/1 it is Kestrel's connection object, the same for all requests, and its <c>RawTarget</c> is null
    /// between two requests. The property is null until the first request, and stays null for protocols with concurrent requests.
    /// </summary>
    IHttpRequestFeature? Request { get; set; }
}

/// <summary>Parkable is middleware that gives a connection access to its request.</summary>
internal sealed class Parkable(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IParkable>() is { Request: null } connection
            && context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal))
            connection.Request = context.Features.Get<IHttpRequestFeature>();
        return next(context);
    }
}
