using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Refuses the requests that Kestrel lets pass and that a backend could read otherwise than the balancer does: what is not told apart
/// here cannot be told apart behind it. Kestrel itself refuses what breaks the syntax of RFC 9112.
/// </summary>
internal sealed class RequestHygiene(RequestDelegate next)
{
    /// <summary>Where Kestrel puts the length of a request that has a transfer coding as well (RFC 9112 §6.3, item 3). No client has sent it by that name.</summary>
    private const string OverriddenLength = "X-Content-Length";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
            return RefuseAsync(context, StatusCodes.Status501NotImplemented, "CONNECT is for proxies that clients choose themselves.");

        // RFC 9112 §3.2: a target has no fragment. Some backends would cut it off and see another path than the routes did.
        if (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Contains('#', StringComparison.Ordinal))
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "The request target has a '#' in it.");

        if (request.Headers.TransferEncoding is { Count: > 0 } codings)
        {
            // Framing is our own on the other side, so a coding beneath "chunked" would be lost (RFC 9112 §6.1).
            if (codings is not [{ } coding] || !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                return RefuseAsync(context, StatusCodes.Status501NotImplemented, "The only transfer coding that is understood is 'chunked', once.");
            request.Headers.Remove(OverriddenLength);
        }

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, int status, string title)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers[HeaderNames.Connection] = "close"; // nobody knows what the rest of the connection is
        return Problem.WriteKeepingHeadersAsync(context, status, title);
    }
}
