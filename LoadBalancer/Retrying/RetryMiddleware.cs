using AspireLB.LoadBalancer.Forwarding;
using AspireLB.LoadBalancer.Observing.Live;
using AspireLB.LoadBalancer.Observing.Measuring;
using AspireLB.LoadBalancer.Picking;
using AspireLB.LoadBalancer.Routing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Retrying;

/// <summary>
/// Picks a backend and forwards to it, and again to another one where that is safe and allowed. What the client gets when no attempt
/// succeeded is decided here too.
/// </summary>
internal sealed class RetryMiddleware(RequestDelegate next, ClusterRegistry registry, PickingPolicies policies, AttemptObserver observer, QueueMetrics queue, RequestFeed feed)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = registry.Of(proxy.Route.Cluster!);
        var attempts = new RequestAttempts(context, cluster, BoundTo(proxy, cluster), policies, observer);
        context.Features.Set<IAttemptFeature>(attempts);
        cluster.Budget.RequestBegins();
        attempts.BufferedBody = await RequestBodyBuffer.ReadAsync(context, attempts.Options.Retry.MaxBufferedBodyBytes);

        do
        {
            var backend = await queue.Timed(cluster.Id, cluster.Slots.AcquireAsync(attempts));
            if (backend is null)
                break;

            proxy.AvailableDestinations = backend.Destination;
            attempts.Begin(backend);
            try
            {
                await next(context);
            }
            finally
            {
                attempts.EndIfForgotten();
            }

            if (attempts.Repeats)
                Reset(context);
        }
        while (attempts.Repeats);

        if (!context.Response.HasStarted)
            await FailureAnswer.WriteAsync(context, attempts, cluster);
        feed.Finished(context, attempts);
    }

    // Session affinity narrows the list that our availability policy made; otherwise it is that very list.
    private AvailableBackends? BoundTo(IReverseProxyFeature proxy, Cluster cluster) =>
        proxy.AvailableDestinations is AvailableBackends ? null : new([.. proxy.AvailableDestinations.Select(destination => registry.Of(cluster.Id, destination))]);

    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        YarpSpan.ForgetAttempt();
    }
}
