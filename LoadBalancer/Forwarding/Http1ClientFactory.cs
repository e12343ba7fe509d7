using System.Security.Authentication;
using AspireLB.LoadBalancer.Configuring;
using AspireLB.LoadBalancer.Forwarding.Connecting;
using AspireLB.LoadBalancer.Sockets;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.LoadBalancer.Forwarding;

/// <summary>
/// Makes each cluster's client when configuration is applied: ours where all client settings are known to our path, YARP's otherwise. A
/// client stays, with its connections, as long as its settings are the same.
/// </summary>
internal sealed class Http1ClientFactory(
    IClusterOptionsSource options, TimeProvider time, ILogger<ForwarderHttpClientFactory> logger, EventLoops? loops = null)
    : IForwarderHttpClientFactory
{
    public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context)
    {
        var timeouts = options.For(context.ClusterId).Timeouts;
        var config = context.NewConfig;
        if (context.OldClient is Http1Client current && config == context.OldConfig)
        {
            current.Timeouts = timeouts;
            current.ForgetUnused();
            return current;
        }

        var yarp = new YarpFactory(timeouts, logger).CreateClient(new()
        {
            ClusterId = context.ClusterId,
            OldClient = context.OldClient is Http1Client ? null : context.OldClient,
            OldConfig = context.OldConfig,
            OldMetadata = context.OldMetadata,
            NewConfig = config,
            NewMetadata = context.NewMetadata,
        });
        if (!Knows(config))
            return yarp;

        var tls = new TlsSettings(config.SslProtocols ?? SslProtocols.None, config.DangerousAcceptAnyServerCertificate ?? false);
        return new Http1Client(yarp, tls, config.MaxConnectionsPerServer ?? 0, timeouts, loops, time);
    }

    private static bool Knows(HttpClientConfig config) =>
        config.WebProxy is null && config.RequestHeaderEncoding is null && config.ResponseHeaderEncoding is null;

    private sealed class YarpFactory(TimeoutOptions timeouts, ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
    {
        protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
        {
            base.ConfigureHandler(context, handler);
            handler.ConnectTimeout = timeouts.Connect;

            // Names are looked up when a connection is opened, so a connection must not live for ever.
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        }
    }
}
