using System.Collections.Concurrent;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Sockets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// Makes each cluster's client when configuration is applied: ours where all client settings are known to our path, YARP's otherwise. A
/// client stays, with its connections, as long as its settings are the same.
/// </summary>
internal sealed class Http1ClientFactory(
    IClusterOptionsSource options, IBackendResolver resolver, TimeProvider time, ILogger<ForwarderHttpClientFactory> logger, ILogger<HandshakeLog> handshakes,
    EventLoopGroup? loops = null)
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
        if (!Knows(config))
            return yarp.CreateClient(Context(context, isSameTls && context.OldClient is not Http1Client ? context.OldClient : null));

        // Without the old client: it would be held, and by it the one before, until a request needs YARP's.
        var later = Context(context, oldClient: null);
        return new Http1Client(
            new(() => yarp.CreateClient(later)), tls, new(handshakes, time, context.ClusterId), resolver, config.MaxConnectionsPerServer ?? 0, timeouts, loops, time);
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

    private static bool Knows(HttpClientConfig config) =>
        config.WebProxy is null && config.RequestHeaderEncoding is null && config.ResponseHeaderEncoding is null;

    private sealed class YarpFactory(TimeoutOptions timeouts, TlsSettings tls, ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
    {
        protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
        {
            base.ConfigureHandler(context, handler);
            handler.ConnectTimeout = timeouts.Connect;

            // The attempt's span is what the backend is told of, on this path too (YarpPath); another of the client's would say nothing new.
            handler.ActivityHeadersPropagator = null;
            tls.Apply(handler.SslOptions);

            // Names are looked up when a connection is opened, so a connection must not live for ever.
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        }
    }
}
