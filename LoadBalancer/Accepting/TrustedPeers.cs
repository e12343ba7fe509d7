using System.Net;
using AspireLB.Balancing.Model;
using AspireLB.LoadBalancer.Configuring;

namespace AspireLB.LoadBalancer.Accepting;

/// <summary>Marks requests from trusted proxies, whose forwarded fields are kept.</summary>
internal sealed class TrustedPeers(RequestDelegate next, ConfigurationStore configuration)
{
    private Networks _networks = new([]);

    public Task InvokeAsync(HttpContext context)
    {
        var trusted = configuration.Current.LoadBalancer.Root.ForwardedHeaders.TrustedProxies;
        if (trusted.Length > 0 && IsTrusted(trusted, context.Connection.RemoteIpAddress))
            context.Features.Set<ITrustedPeerFeature>(Trusted.Instance);
        return next(context);
    }

    private bool IsTrusted(string[] trusted, IPAddress? peer)
    {
        // A reload replaces the array.
        var networks = _networks;
        if (!ReferenceEquals(networks.Texts, trusted))
            _networks = networks = new(trusted);
        return networks.Contain(peer);
    }

    private sealed class Networks(string[] texts)
    {
        private readonly IPNetwork[] _networks =
            [.. texts.Select(text => NetworkAttribute.TryParse(text, out var network) ? network : throw new FormatException(text))];

        public string[] Texts => texts;

        /// <summary>A dual-stack socket shows IPv4 peers as <c>::ffff:a.b.c.d</c>.</summary>
        public bool Contain(IPAddress? peer)
        {
            var address = peer is { IsIPv4MappedToIPv6: true } ? peer.MapToIPv4() : peer;
            return address is not null && Array.Exists(_networks, network => network.Contains(address));
        }
    }

    private sealed class Trusted : ITrustedPeerFeature
    {
        public static Trusted Instance { get; } = new();
    }
}
