using System.Collections.Concurrent;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Sockets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// Http1ClientFactory creates each cluster's client when a configuration is applied: ours if our path supports all of the client settings, YARP's
/// otherwise. A client keeps its connections as long as its settings stay the same.
/// </summary>
internal sealed class Http1ClientFactory(
    IClusterOptionsSource options, IBackendResolver resolver, TimeProvider time, ILogger<ForwarderHttpClientFactory> logger,
    ILogger<HandshakeLog> handshakes, EventLoopGroup? loops = null)
    : IForwarderHttpClientFactory
{
    private readonly ConcurrentDictionary<string, TlsSettings> _tls = new();

    public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context)
    {
        var cluster = options.For(context.ClusterId);
        var timeouts = cluster.Timeouts;
        var config = context.NewConfig;
        var tls = TlsSettings.From(config, cluster.Tls);
        var isSameTls = _tls.TryGetValue(context.ClusterId, out var before) && before.IsSame(tls);
        _tls[context.ClusterId] = tls;
        if (context.OldClient is Http1Client current && config == context.OldConfig && isSameTls)
        {
            current.Timeouts = timeouts;
            current.ForgetUnused();
            return current;
        }

        var yarp = new YarpFactory(timeouts, tls, logger);
        if (!Supports(config))
            return yarp.CreateClient(Context(context, isSameTls && context.OldClient is not Http1Client ? context.OldClient : null));

        // The old client is left out: the new one would hold it, and through it all earlier ones, until a request needs YARP's client.
        var later = Context(context, oldClient: null);
        return new Http1Client(
            new(() => yarp.CreateClient(later)), tls, new(handshakes, time, context.ClusterId), resolver, config.MaxConnectionsPerServer ?? 0,
            timeouts, loops, time);
    }

    private static ForwarderHttpClientContext Context(ForwarderHttpClientContext context, HttpMessageInvoker? oldClient) => new()
    {
        ClusterId = context.ClusterId,
        OldClient = oldClient,
        OldConfig = context.OldConfig,
        OldMetadata = context.OldMetadata,
        NewConfig = context.NewConfig,
        NewMetadata = context.NewMetadata,
    };

    private static bool Supports(HttpClientConfig config) =>
        config.WebProxy is null && config.RequestHeaderEncoding is null && config.ResponseHeaderEncoding is null;

    private sealed class YarpFactory(TimeoutOptions timeouts, TlsSettings tls, ILogger<ForwarderHttpClientFactory> logger)
        : ForwarderHttpClientFactory(logger)
    {
        protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
        {
            base.ConfigureHandler(context, handler);
            handler.ConnectTimeout = timeouts.Connect;

            // The backend gets the context of the attempt's span on this path too (YarpPath); a span of the client's own would add nothing.
            handler.ActivityHeadersPropagator = null;
            tls.Apply(handler.SslOptions);

            // Names are looked up when a connection is opened, so connections must have a limited lifetime.
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        }
    }
}
