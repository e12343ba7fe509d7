using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AspireLB.Balancing.Forwarding;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using Yarp.ReverseProxy.Configuration;

namespace AspireLB.Balancing.Health;

/// <summary>
/// ProbeHandler sends probes over TLS and in HTTP/2 as requests of the backend's cluster are sent: to the same addresses, Unix domain sockets
/// included, with the same TLS settings, and in the same HTTP version. Each probe uses a new connection.
/// </summary>
internal sealed class ProbeHandler : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<Endpoint> EndpointKey = new("AspireLB.ProbeEndpoint");

    private readonly ClusterRegistry _registry;
    private readonly IClusterOptionsSource _options;
    private readonly IBackendResolver _resolver;
    private readonly ConditionalWeakTable<Backend, string> _hosts = [];
    private readonly ConditionalWeakTable<TlsOptions, TlsSettings> _tls = [];
    private int _lastHost;

    public ProbeHandler(ClusterRegistry registry, IClusterOptionsSource options, IBackendResolver resolver)
    {
        _registry = registry;
        _options = options;
        _resolver = resolver;
        InnerHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 64,
            ConnectCallback = async (context, cancellation) => await ConnectAsync(context.InitialRequestMessage.Options, cancellation),
        };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(ProbeRequest.TargetKey, out var target) || !BackendAddress.TryParse(target.Address, out var address))
            return base.SendAsync(request, cancellationToken);

        var backend = target.Backend;
        var cluster = _registry.Find(backend.ClusterId)?.State.Model.Config;
        if (cluster?.HttpRequest is { } http && !HttpVersions.AllowsHttp1(http))
        {
            request.Version = http.Version ?? HttpVersion.Version20;
            request.VersionPolicy = http.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower;
        }

        // ConnectCallback also starts TLS, so that it verifies the name in the address. A made-up host per backend keeps their connections apart.
        request.Options.Set(EndpointKey, new(address, TlsFor(cluster, _options.For(backend.ClusterId).Tls), request.Version.Major));
        request.Headers.Host ??= address.Authority;
        request.RequestUri = new($"http://{_hosts.GetValue(backend, NewHost)}{address.PathPrefix}{target.Path}");
        return base.SendAsync(request, cancellationToken);
    }

    // Each applied configuration has new option objects, so they identify the settings.
    private TlsSettings TlsFor(ClusterConfig? cluster, TlsOptions options) =>
        _tls.GetValue(options, _ => TlsSettings.From(cluster?.HttpClient, options));

    private string NewHost(Backend backend) => string.Create(CultureInfo.InvariantCulture, $"backend-{Interlocked.Increment(ref _lastHost)}.invalid");

    private async Task<Stream> ConnectAsync(HttpRequestOptions request, CancellationToken cancellation)
    {
        if (!request.TryGetValue(EndpointKey, out var endpoint))
            throw new InvalidOperationException("The request is not a probe of a backend.");

        var stream = new NetworkStream(await OpenAsync(endpoint.Address, cancellation), ownsSocket: true);
        if (!endpoint.Address.IsTls)
            return stream;

        var secured = new SslStream(stream);
        try
        {
            var protocol = endpoint.MajorVersion >= 2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
            await secured.AuthenticateAsClientAsync(endpoint.Tls.For(endpoint.Address.Host, protocol), cancellation);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    private async Task<Socket> OpenAsync(BackendAddress address, CancellationToken cancellation)
    {
        var socket = address.SocketPath is not null
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (address.EndPoint is DnsEndPoint name)
                await socket.ConnectAsync(await _resolver.LookUpAsync(name.Host, cancellation), name.Port, cancellation);
            else
                await socket.ConnectAsync(address.EndPoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed record Endpoint(BackendAddress Address, TlsSettings Tls, int MajorVersion);
}
