using System.Collections.Concurrent;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// The client of a cluster that our own path can serve. It holds that path's connections, one pool a destination, and beside them YARP's
/// client for the requests that go through YARP's forwarder, made when there is one. That a cluster has a client of this type is the decision for our path.
/// </summary>
internal sealed class Http1Client(
    Lazy<HttpMessageInvoker> yarp, TlsSettings tls, HandshakeLog handshakes, IBackendResolver resolver, int maxConnections, TimeoutOptions timeouts, EventLoopGroup? loops,
    TimeProvider time)
    : HttpMessageInvoker(new YarpHandler(yarp), disposeHandler: true)
{
    private readonly ConcurrentDictionary<string, Upstream?> _backends = new();
    private Verdict? _verdict;

    /// <summary>YARP's own client for the cluster.</summary>
    public HttpMessageInvoker Yarp => yarp.Value;

    /// <summary>The cluster's timeouts; replaced when configuration is applied.</summary>
    public TimeoutOptions Timeouts { get; set; } = timeouts;

    /// <summary>Figures of each destination's pool, by the destination's address.</summary>
    public IEnumerable<KeyValuePair<string, PoolFigures>> Figures =>
        _backends.Where(entry => entry.Value is not null).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!.Pool.Figures));

    /// <summary>Whether the cluster's requests may go out as HTTP/1.1, which a version policy can rule out.</summary>
    public bool AllowsHttp1(ForwarderRequestConfig config)
    {
        // A cluster has one such object for as long as its configuration stands.
        var verdict = _verdict;
        if (!ReferenceEquals(verdict?.Config, config))
        {
            _verdict = verdict = new(config, HttpVersions.AllowsHttp1(config));
        }

        return verdict!.IsHttp1;
    }

    /// <summary>The destination with this address; null where the address is of a kind our path does not know.</summary>
    public Upstream? BackendFor(string destinationPrefix) =>
        _backends.TryGetValue(destinationPrefix, out var backend) ? backend : _backends.GetOrAdd(destinationPrefix, CreateBackend);

    /// <summary>Forgets destinations without connections, so that those which come and go do not pile up.</summary>
    public void ForgetUnused()
    {
        foreach (var (prefix, backend) in _backends)
        {
            if (backend is null || backend.Pool.Figures.Open == 0)
                _backends.TryRemove(prefix, out _);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var backend in _backends.Values)
            backend?.Pool.Dispose();
        base.Dispose(disposing);
    }

    private Upstream? CreateBackend(string prefix)
    {
        if (!BackendAddress.TryParse(prefix, out var address))
            return null;

        var addresses = new AddressBook(address.EndPoint, time, resolver.LookUpAsync);
        var connector = new Connector(address, tls, handshakes, addresses, loops, time);
        return new(address, addresses, new(connector, addresses, time, maxConnections));
    }

    private sealed record Verdict(ForwarderRequestConfig Config, bool IsHttp1);

    /// <summary>Lets this object stand in for YARP's client wherever something sends through it.</summary>
    private sealed class YarpHandler(Lazy<HttpMessageInvoker> yarp) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            yarp.Value.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (yarp.IsValueCreated)
                yarp.Value.Dispose();
            base.Dispose(disposing);
        }
    }
}
