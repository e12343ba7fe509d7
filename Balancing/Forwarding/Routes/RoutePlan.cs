using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AspireLB.Balancing.Forwarding.Routes;

/// <summary>How requests of one route are written by our own path; made once, when configuration is applied.</summary>
internal sealed record RoutePlan(bool UsesOriginalHost, bool AddsForwarded, IReadOnlyList<ResponseTransform> ResponseTransforms)
{
    /// <summary>YARP's session affinity sets its cookie or header through a response transform that needs nothing but the HttpContext.</summary>
    private const string AffinityTransform = "Yarp.ReverseProxy.SessionAffinity.AffinitizeTransform";

    /// <summary>The plan for a route whose transforms are all known here; null for any other, which YARP's own forwarder serves.</summary>
    public static RoutePlan? For(TransformBuilderContext transforms)
    {
        var copiesEverything = (transforms.CopyRequestHeaders ?? true) && (transforms.CopyResponseHeaders ?? true) && (transforms.CopyResponseTrailers ?? true);
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
