using AspireLB.Balancing.Model;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>
/// Rejects requests that Kestrel accepts but a backend could interpret differently than the balancer does (request smuggling). Kestrel itself
/// rejects violations of the syntax of RFC 9112.
/// </summary>
internal sealed class RequestHygiene(RequestDelegate next)
{
    /// <summary>Kestrel's name for the length of a request that also has a transfer coding (RFC 9112 §6.3, item 3). No client sends it.</summary>
    private const string OverriddenLength = "X-Content-Length";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
            return RefuseAsync(context, StatusCodes.Status501NotImplemented, "CONNECT is for proxies that clients choose themselves.");

        // RFC 9112 §3.2: a target has no fragment. Some backends cut it off and then see a different path than the routes did.
        if (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Contains('#', StringComparison.Ordinal))
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "The request target contains a '#'.");

        if (request.Headers.TransferEncoding is { Count: > 0 } codings)
        {
            // The balancer frames the forwarded body itself, so a coding beneath "chunked" would be lost (RFC 9112 §6.1).
            if (codings is not [{ } coding] || !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                return RefuseAsync(context, StatusCodes.Status501NotImplemented, "The only supported transfer coding is 'chunked', once.");
            request.Headers.Remove(OverriddenLength);
        }

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, int status, string title)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers[HeaderNames.Connection] = "close"; // the rest of the connection can't be interpreted
        return Problem.WriteKeepingHeadersAsync(context, status, title);
    }
}
