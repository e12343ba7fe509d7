using System.Diagnostics;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;
using AspireLB.Balancing.Picking;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Retrying;

/// <summary>
/// RetryMiddleware picks a backend, forwards the request to it, and retries on another one where that is safe and allowed. It also writes the
/// client's response when no attempt succeeded. It ends the pipeline: YARP's forwarding middleware would make a single attempt.
/// </summary>
internal sealed class RetryMiddleware
{
    private readonly ClusterRegistry _registry;
    private readonly PickingPolicies _policies;
    private readonly AttemptSettlement _settlement;
    private readonly IHttpForwarder _forwarder;
    private readonly QueueMetrics _queue;
    private readonly RequestFeed _feed;
    private readonly RequestTracing? _tracing;

    public RetryMiddleware(
        RequestDelegate next, ClusterRegistry registry, PickingPolicies policies, AttemptSettlement settlement, IHttpForwarder forwarder,
        QueueMetrics queue, RequestFeed feed, RequestTracing? tracing = null)
    {
        _ = next;
        _registry = registry;
        _policies = policies;
        _settlement = settlement;
        _forwarder = forwarder;
        _queue = queue;
        _feed = feed;
        _tracing = tracing;
    }

    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var (cluster, bound) = GetCluster(proxy);
        var attempts = new RequestAttempts(context, proxy, cluster, bound, _policies, _settlement)
        {
            UnrecordedTrace = _tracing?.UnrecordedTraceOf(context) ?? default,
        };
        context.Features.Set<IAttemptFeature>(attempts);
        cluster.Budget.CountRequest();
        BodyLimit.Apply(context, proxy.Route.Config);
        var options = attempts.Options;
        var body = RequestBodyBuffer.ReadAsync(context, options.Retry.MaxBufferedBodyBytes, options.Timeouts.Idle, _settlement.Time);
        if (!body.IsCompletedSuccessfully)
            return ServeAfterBodyAsync(body, context, attempts);

        attempts.BufferedBody = body.Result;
        return ServeAsync(context, attempts);
    }

    private async Task ServeAfterBodyAsync(ValueTask<ReadOnlyMemory<byte>?> body, HttpContext context, RequestAttempts attempts)
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

    // Each attempt acquires its slot and releases it here; only attempts that race release theirs in HedgeRace, each when it ends.
    // Locals that live across an await are allocated for each request, so there are few.
    private async Task ServeAsync(HttpContext context, RequestAttempts attempts)
    {
        do
        {
            var slot = attempts.Cluster.Slots.AcquireAsync(attempts);
            if (slot.IsCompletedSuccessfully)
                BeginAt(slot.Result, attempts);
            else
                await BeginAfterWaitAsync(slot, attempts);
            if (!attempts.IsInFlight)
                break;

            try
            {
                await ForwardAsync(context, attempts.Proxy);
            }
            finally
            {
                attempts.EndUnreported();
                attempts.ReleaseSlot();
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
            context, proxy.ProxiedDestination!.Model.Config.Address, cluster.HttpClient, cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty,
            proxy.Route.Transformer);

        // The attempt made its own span current. It must not become the parent of the next attempt's span.
        if (span is not null)
            Activity.Current = span;
        return forwarded;
    }

    private async Task BeginAfterWaitAsync(ValueTask<Backend?> slot, RequestAttempts attempts) =>
        BeginAt(await _queue.Timed(attempts.ClusterId, slot), attempts);

    private static void BeginAt(Backend? backend, RequestAttempts attempts)
    {
        if (backend is null)
            return;

        attempts.Proxy.ProxiedDestination = backend.Destination;
        attempts.Begin(backend);
    }

    /// <summary>Returns the request's cluster and the backends that its session is bound to; null: any.</summary>
    private (Cluster Cluster, AvailableBackends? Bound) GetCluster(IReverseProxyFeature proxy)
    {
        // Without session affinity the list is the one that our availability policy made; affinity replaces it with a narrower one.
        var available = proxy.AvailableDestinations as AvailableBackends;
        var cluster = available?.KnownCluster ?? _registry.Get(proxy.Route.Cluster!);
        return (cluster, available is null ? BoundTo(proxy.AvailableDestinations, cluster) : null);
    }

    private AvailableBackends BoundTo(IReadOnlyList<DestinationState> destinations, Cluster cluster) =>
        new([.. destinations.Select(destination => _registry.Get(cluster.Id, destination))], cluster);

    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }
}
