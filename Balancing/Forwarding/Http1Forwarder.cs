using AspireLB.Balancing.Forwarding.Routes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// Http1Forwarder is the forwarder at the end of YARP's pipeline. A request takes our own HTTP/1.1 path if its cluster has an
/// <see cref="Http1Client"/> and its route a plan; both are decided when a configuration is applied. All other requests, and those that HTTP/1.1
/// cannot carry, go to YARP's forwarder.
/// </summary>
internal sealed partial class Http1Forwarder(IHttpForwarder yarp, TimeProvider time) : IHttpForwarder
{
    private readonly YarpPath _yarp = new(yarp, time);
    private readonly ObjectPool<Attempt> _attempts = new DefaultObjectPool<Attempt>(new AttemptPolicy(), Environment.ProcessorCount * 256);

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig,
        HttpTransformer transformer) =>
        SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer, CancellationToken.None);

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig,
        HttpTransformer transformer, CancellationToken cancellationToken)
    {
        var client = httpClient as Http1Client;
        var planned = transformer as PlannedTransformer;
        if (client is null || planned is null || cancellationToken.CanBeCanceled || !client.AllowsHttp1(requestConfig) || NeedsYarp(context)
            || client.BackendFor(destinationPrefix) is not { } backend)
        {
            return _yarp.SendAsync(
                context, destinationPrefix, client?.Yarp ?? httpClient, requestConfig, planned?.Yarp ?? transformer, cancellationToken);
        }

        var attempt = _attempts.Get();
        attempt.Start(context, backend, planned.Plan, client.Timeouts, requestConfig, time);
        return attempt.Race is { } race
            ? RaceAsync(attempt, race, context, client, planned.Plan, requestConfig)
            : attempt.RunAsync(_attempts);
    }

    /// <summary>Whether the request is an upgrade, CONNECT, or gRPC, whose trailers and streams HTTP/1.1 cannot carry.</summary>
    private static bool NeedsYarp(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
            return true;
        if (HttpMethods.IsConnect(context.Request.Method))
            return true;

        return HttpProtocol.IsHttp2(context.Request.Protocol)
            && context.Request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
    }

    private sealed class AttemptPolicy : PooledObjectPolicy<Attempt>
    {
        public override Attempt Create() => new();

        public override bool Return(Attempt obj)
        {
            obj.Clear();
            return true;
        }
    }
}
