using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Retrying;

/// <summary>A route's <c>MaxRequestBodySize</c>: in force before the first byte of the body is read, which for a repetition is here.</summary>
internal static class BodyLimit
{
    /// <summary>What routes write for "no limit".</summary>
    private const long Unlimited = -1;

    public static void Apply(HttpContext context, RouteConfig route)
    {
        if (route.MaxRequestBodySize is { } limit && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit == Unlimited ? null : limit;
    }
}
