using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AspireLB.Balancing.Forwarding.Routes;

/// <summary>
/// PlanningTransformBuilder extends YARP's transform builder: if our own path supports all of a route's transforms, the transformer carries a plan.
/// It gathers the transforms itself, from the same factories and providers, because YARP's finished transformer does not expose them.
/// </summary>
internal sealed class PlanningTransformBuilder(
    ITransformBuilder yarp, IServiceProvider services, IEnumerable<ITransformFactory> factories, IEnumerable<ITransformProvider> providers)
    : ITransformBuilder
{
    private readonly ITransformFactory[] _factories = [.. factories];
    private readonly ITransformProvider[] _providers = [.. providers];

    public IReadOnlyList<Exception> ValidateRoute(RouteConfig route) => yarp.ValidateRoute(route);

    public IReadOnlyList<Exception> ValidateCluster(ClusterConfig cluster) => yarp.ValidateCluster(cluster);

    public HttpTransformer Create(Action<TransformBuilderContext> action) => yarp.Create(action);

    public HttpTransformer Build(RouteConfig route, ClusterConfig? cluster)
    {
        var gathered = Gather(route, cluster);
        var transformer = yarp.Create(context =>
        {
            context.CopyRequestHeaders = gathered.CopyRequestHeaders;
            context.CopyResponseHeaders = gathered.CopyResponseHeaders;
            context.CopyResponseTrailers = gathered.CopyResponseTrailers;
            context.UseDefaultForwarders = gathered.UseDefaultForwarders;
            CopyTo(context.RequestTransforms, gathered.RequestTransforms);
            CopyTo(context.ResponseTransforms, gathered.ResponseTransforms);
            CopyTo(context.ResponseTrailersTransforms, gathered.ResponseTrailersTransforms);
        });
        return RoutePlan.For(gathered) is { } plan ? new PlannedTransformer(transformer, plan) : transformer;
    }

    private TransformBuilderContext Gather(RouteConfig route, ClusterConfig? cluster)
    {
        var context = new TransformBuilderContext { Services = services, Route = route, Cluster = cluster };
        foreach (var values in route.Transforms ?? [])
        {
            if (!_factories.Any(factory => factory.Build(context, values)))
                throw new ArgumentException($"Unknown transform: {string.Join(';', values.Keys)}");
        }

        foreach (var provider in _providers)
            provider.Apply(context);
        return context;
    }

    private static void CopyTo<T>(IList<T> target, IList<T> source)
    {
        foreach (var item in source)
            target.Add(item);
    }
}
