using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding.Routes;

/// <summary>PlannedTransformer carries a route's transformer, as YARP built it, together with our plan for the route.</summary>
internal sealed class PlannedTransformer(HttpTransformer yarp, RoutePlan plan) : HttpTransformer
{
    public HttpTransformer Yarp => yarp;

    public RoutePlan Plan => plan;

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
        yarp.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken) =>
        yarp.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        yarp.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
}
