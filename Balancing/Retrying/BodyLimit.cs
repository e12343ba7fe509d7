using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Retrying;

/// <summary>BodyLimit applies a route's <c>MaxRequestBodySize</c> before the retry loop reads the body to buffer it.</summary>
internal static class BodyLimit
{
    /// <summary>The value that means "no limit" in a route's configuration.</summary>
    private const long Unlimited = -1;

    public static void Apply(HttpContext context, RouteConfig route)
    {
        if (route.MaxRequestBodySize is { } limit && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit == Unlimited ? null : limit;
    }
}
