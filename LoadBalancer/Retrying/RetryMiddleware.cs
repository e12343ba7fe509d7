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
    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = registry.Of(proxy.Route.Cluster!);
        var attempts = new RequestAttempts(context, cluster, BoundTo(proxy, cluster), policies, observer);
        context.Features.Set<IAttemptFeature>(attempts);
        cluster.Budget.RequestBegins();
        var body = RequestBodyBuffer.ReadAsync(context, attempts.Options.Retry.MaxBufferedBodyBytes);
        if (!body.IsCompletedSuccessfully)
            return ServeWithAsync(body, context, attempts);

        attempts.BufferedBody = body.Result;
        return ServeAsync(context, attempts);
    }

    private async Task ServeWithAsync(ValueTask<ReadOnlyMemory<byte>?> body, HttpContext context, RequestAttempts attempts)
    {
        attempts.BufferedBody = await body;
        await ServeAsync(context, attempts);
    }

    // What this keeps over its waits is allocated for each request, so it keeps little.
    private async Task ServeAsync(HttpContext context, RequestAttempts attempts)
    {
        do
        {
            var place = attempts.Cluster.Slots.AcquireAsync(attempts);
            if (place.IsCompletedSuccessfully)
                BeginAt(place.Result, context, attempts);
            else
                await BeginLaterAsync(place, context, attempts);
            if (!attempts.IsUnderWay)
                break;

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
            await FailureAnswer.WriteAsync(context, attempts, attempts.Cluster);
        feed.Finished(context, attempts);
    }

    private async Task BeginLaterAsync(ValueTask<Backend?> place, HttpContext context, RequestAttempts attempts) =>
        BeginAt(await queue.Timed(attempts.ClusterId, place), context, attempts);

    private static void BeginAt(Backend? backend, HttpContext context, RequestAttempts attempts)
    {
        if (backend is null)
            return;

        context.GetReverseProxyFeature().AvailableDestinations = backend.Destination;
        attempts.Begin(backend);
    }

    // Session affinity narrows the list that our availability policy made; otherwise it is that very list.
    private AvailableBackends? BoundTo(IReverseProxyFeature proxy, Cluster cluster) =>
        proxy.AvailableDestinations is AvailableBackends ? null : BackendsOf(proxy.AvailableDestinations, cluster.Id);

    private AvailableBackends BackendsOf(IReadOnlyList<DestinationState> destinations, string clusterId) =>
        new([.. destinations.Select(destination => registry.Of(clusterId, destination))]);

    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }
}
