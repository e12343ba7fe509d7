using System.Diagnostics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Picking;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>
/// Picks a backend and forwards to it, and again to another one where that is safe and allowed. What the client gets when no attempt
/// succeeded is decided here too. The end of the pipeline: YARP's own, behind it, would forward once and no more.
/// </summary>
internal sealed class RetryMiddleware
{
    private readonly ClusterRegistry _registry;
    private readonly PickingPolicies _policies;
    private readonly AttemptSettlement _observer;
    private readonly IHttpForwarder _forwarder;
    private readonly QueueMetrics _queue;
    private readonly RequestFeed _feed;
    private readonly RequestTracing? _tracing;

    public RetryMiddleware(
        RequestDelegate next, ClusterRegistry registry, PickingPolicies policies, AttemptSettlement observer, IHttpForwarder forwarder, QueueMetrics queue, RequestFeed feed,
        RequestTracing? tracing = null)
    {
        _ = next;
        _registry = registry;
        _policies = policies;
        _observer = observer;
        _forwarder = forwarder;
        _queue = queue;
        _feed = feed;
        _tracing = tracing;
    }

    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var (cluster, bound) = GetCluster(proxy);
        var attempts = new RequestAttempts(context, proxy, cluster, bound, _policies, _observer) { UnrecordedTrace = _tracing?.UnrecordedTraceOf(context) ?? default };
        context.Features.Set<IAttemptFeature>(attempts);
        cluster.Budget.CountRequest();
        BodyLimit.Apply(context, proxy.Route.Config);
        var body = RequestBodyBuffer.ReadAsync(context, attempts.Options.Retry.MaxBufferedBodyBytes, attempts.Options.Timeouts.Idle, _observer.Time);
        if (!body.IsCompletedSuccessfully)
            return ServeWithAsync(body, context, attempts);

        attempts.BufferedBody = body.Result;
        return ServeAsync(context, attempts);
    }

    private async Task ServeWithAsync(ValueTask<ReadOnlyMemory<byte>?> body, HttpContext context, RequestAttempts attempts)
    {
        try
        {
            attempts.BufferedBody = await body;
        }
        catch (BadHttpRequestException bad)
        {
            await FailureResponse.WriteBadBodyAsync(context, bad.StatusCode);
            return;
        }

        await ServeAsync(context, attempts);
    }

    // What this keeps over its waits is allocated for each request, so it keeps little.
    private async Task ServeAsync(HttpContext context, RequestAttempts attempts)
    {
        do
        {
            var place = attempts.Cluster.Slots.AcquireAsync(attempts);
            if (place.IsCompletedSuccessfully)
                BeginAt(place.Result, attempts);
            else
                await BeginLaterAsync(place, attempts);
            if (!attempts.IsUnderWay)
                break;

            try
            {
                await ForwardAsync(context, attempts.Proxy);
            }
            finally
            {
                attempts.EndIfForgotten();
            }

            if (attempts.Retries)
                Reset(context);
        }
        while (attempts.Retries);

        if (!context.Response.HasStarted)
            await FailureResponse.WriteAsync(context, attempts, attempts.Cluster);
        _feed.Add(context, attempts);
    }

    private ValueTask<ForwarderError> ForwardAsync(HttpContext context, IReverseProxyFeature proxy)
    {
        var cluster = proxy.Cluster;
        var span = Activity.Current;
        var forwarded = _forwarder.SendAsync(
            context, proxy.ProxiedDestination!.Model.Config.Address, cluster.HttpClient, cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty, proxy.Route.Transformer);

        // The attempt's own span is current within it, and must not be the parent of the next one's.
        if (span is not null)
            Activity.Current = span;
        return forwarded;
    }

    private async Task BeginLaterAsync(ValueTask<Backend?> place, RequestAttempts attempts) =>
        BeginAt(await _queue.Timed(attempts.ClusterId, place), attempts);

    private static void BeginAt(Backend? backend, RequestAttempts attempts)
    {
        if (backend is null)
            return;

        attempts.Proxy.ProxiedDestination = backend.Destination;
        attempts.Begin(backend);
    }

    /// <summary>The request's cluster, and the backends that its session is bound to; null: any.</summary>
    private (Cluster Cluster, AvailableBackends? Bound) GetCluster(IReverseProxyFeature proxy)
    {
        // Session affinity narrows the list that our availability policy made; otherwise it is that very list.
        var available = proxy.AvailableDestinations as AvailableBackends;
        var cluster = available?.KnownCluster ?? _registry.Get(proxy.Route.Cluster!);
        return (cluster, available is null ? LimitWait(proxy.AvailableDestinations, cluster) : null);
    }

    private AvailableBackends LimitWait(IReadOnlyList<DestinationState> destinations, Cluster cluster) =>
        new([.. destinations.Select(destination => _registry.Get(cluster.Id, destination))], cluster);

    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }
}
