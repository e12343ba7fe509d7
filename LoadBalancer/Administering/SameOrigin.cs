using System.Net;
using AspireLB.Balancing.Model;

namespace AspireLB.LoadBalancer.Administering;

/// <summary>
/// Keeps web pages of other origins from using an administrator's browser against the admin API. There are no cookies to abuse, but a listener
/// without a token trusts every client that reaches it, including a browser on the same machine.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next, bool hasToken)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;

        // With DNS rebinding, a foreign name resolves to this machine and its page becomes same-origin. Only names that can't be rebound are allowed.
        // Under TLS the certificate would have to be valid for the foreign name.
        if (!hasToken && !request.IsHttps && !IsLocal(request.Host.Host))
            return Refuse(context, $"Without a token the admin API accepts only an IP address or localhost as host, not '{request.Host.Host}'.");
        if (!IsRead(request.Method) && IsCrossOrigin(request))
            return Refuse(context, "Changes from pages of another origin are refused.");
        if (!IsRead(request.Method) && request.ContentLength is > 0 && !request.HasJsonContentType())
            return Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "The body must be application/json.");
        return next(context);
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsLocal(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    private static bool IsCrossOrigin(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
        || (request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));

    private static Task Refuse(HttpContext context, string why) => Problem.WriteAsync(context, StatusCodes.Status403Forbidden, why);
}
