using System.Collections.Concurrent;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace AspireLB.Balancing.Forwarding;

/// <summary>
/// Http1Client is the client of a cluster that our own path can serve. It holds our path's connections, one pool per destination, and YARP's client
/// for requests that go through YARP's forwarder, created on first use. A cluster uses our path exactly if its client has this type.
/// </summary>
internal sealed class Http1Client(
    Lazy<HttpMessageInvoker> yarp, TlsSettings tls, HandshakeLog handshakes, IBackendResolver resolver, int maxConnections, TimeoutOptions timeouts,
    EventLoopGroup? loops, TimeProvider time)
    : HttpMessageInvoker(new YarpHandler(yarp), disposeHandler: true)
{
    private readonly ConcurrentDictionary<string, Upstream?> _backends = new();
    private Verdict? _verdict;

    /// <summary>YARP's client for the cluster.</summary>
    public HttpMessageInvoker Yarp => yarp.Value;

    /// <summary>The cluster's timeouts; replaced when a configuration is applied.</summary>
    public TimeoutOptions Timeouts { get; set; } = timeouts;

    /// <summary>Figures of each destination's pool, keyed by the destination's address.</summary>
    public IEnumerable<KeyValuePair<string, PoolFigures>> Figures =>
        _backends.Where(entry => entry.Value is not null).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!.Pool.Figures));

    /// <summary>Whether the cluster's requests may be sent as HTTP/1.1; a version policy can rule it out.</summary>
    public bool AllowsHttp1(ForwarderRequestConfig config)
    {
        // A cluster keeps the same config object until its configuration changes.
        var verdict = _verdict;
        if (!ReferenceEquals(verdict?.Config, config))
        {
            _verdict = verdict = new(config, HttpVersions.AllowsHttp1(config));
        }

        return verdict!.IsHttp1;
    }

    /// <summary>The destination with this address; null if our path does not support the kind of address.</summary>
    public Upstream? BackendFor(string destinationPrefix) =>
        _backends.TryGetValue(destinationPrefix, out var backend) ? backend : _backends.GetOrAdd(destinationPrefix, CreateBackend);

    /// <summary>Forgets destinations without connections, so that destinations that come and go do not accumulate.</summary>
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

    /// <summary>Sends through YARP's client wherever this object is used as an invoker.</summary>
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
