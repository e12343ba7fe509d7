using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AspireLB.Balancing.Forwarding.Routes;

/// <summary>RoutePlan tells how our own path writes the requests of one route; it is made once, when a configuration is applied.</summary>
internal sealed record RoutePlan(bool UsesOriginalHost, bool AddsForwarded, IReadOnlyList<ResponseTransform> ResponseTransforms)
{
    /// <summary>YARP's session affinity sets its cookie or header in this response transform, which needs only the HttpContext.</summary>
    private const string AffinityTransform = "Yarp.ReverseProxy.SessionAffinity.AffinitizeTransform";

    /// <summary>Returns the plan for a route whose transforms our path supports; null for any other, which YARP's own forwarder serves.</summary>
    public static RoutePlan? For(TransformBuilderContext transforms)
    {
        var copiesEverything = (transforms.CopyRequestHeaders ?? true)
            && (transforms.CopyResponseHeaders ?? true) && (transforms.CopyResponseTrailers ?? true);
        if (!copiesEverything || transforms.ResponseTrailersTransforms.Count > 0)
            return null;
        if (transforms.RequestTransforms.Any(t => t is not RequestHeaderOriginalHostTransform))
            return null;
        if (transforms.ResponseTransforms.Any(t => t.GetType().FullName != AffinityTransform))
            return null;

        var keepsHost = transforms.RequestTransforms.Any(t => ReferenceEquals(t, RequestHeaderOriginalHostTransform.OriginalHost));
        return new(keepsHost, transforms.UseDefaultForwarders ?? true, [.. transforms.ResponseTransforms]);
    }
}
