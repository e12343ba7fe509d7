using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Picking;
using AspireLB.LoadBalancer.Routing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>
/// Picks a backend and forwards to it, and again to another one where that is safe and allowed. What the client gets when no attempt
/// succeeded is decided here too.
/// </summary>
internal sealed class RetryMiddleware(RequestDelegate next, ClusterRegistry registry, PickingPolicies policies, AttemptObserver observer)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = registry.Of(proxy.Route.Cluster!);
        var attempts = new RequestAttempts(context, cluster, cluster.Options, Available(proxy, cluster), observer);
        context.Features.Set<IAttemptFeature>(attempts);

        do
        {
            var untried = attempts.Untried;
            if (untried.Count == 0)
                break;

            var backend = policies.Pick(context, cluster, untried);
            proxy.AvailableDestinations = backend.Destination;
            attempts.Begin(backend);
            await next(context);
            attempts.EndWith(StockOutcome.Of(context));
            if (attempts.Repeats)
                Reset(context);
        }
        while (attempts.Repeats);

        if (!context.Response.HasStarted)
            await FailureAnswer.WriteAsync(context, attempts);
    }

    // Session affinity may have narrowed the list that our availability policy made.
    private AvailableBackends Available(IReverseProxyFeature proxy, Cluster cluster) =>
        proxy.AvailableDestinations as AvailableBackends
        ?? new([.. proxy.AvailableDestinations.Select(destination => registry.Of(cluster.Id, destination))]);

    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }
}
