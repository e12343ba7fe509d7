using System.Text;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>Upstream is one destination of a cluster as our own path uses it: the bytes of each request's head, and the connections.</summary>
internal sealed class Upstream
{
    private readonly AddressBook _addresses;

    public Upstream(BackendAddress address, AddressBook addresses, ConnectionPool pool)
    {
        _addresses = addresses;
        Address = address;
        Pool = pool;
        Authority = Encoding.ASCII.GetBytes(address.Authority);
        PathPrefix = Encoding.ASCII.GetBytes(address.PathPrefix);
        PathPrefixWithSlash = Encoding.ASCII.GetBytes(address.PathPrefix + "/");
    }

    public BackendAddress Address { get; }

    public ConnectionPool Pool { get; }

    /// <summary>Value of <c>Host</c> if the route does not keep the client's.</summary>
    public byte[] Authority { get; }

    /// <summary>Prefix of each request target, without a slash at its end; empty for most backends.</summary>
    public byte[] PathPrefix { get; }

    public byte[] PathPrefixWithSlash { get; }

    /// <summary>Takes an idle connection if there is one, and starts a look-up of the backend's name if one is due.</summary>
    /// <param name="isOnceOnly">Whether the request can't be retried.</param>
    public BackendConnection? TryTakeConnection(bool isOnceOnly = false)
    {
        _addresses.RefreshIfStale();
        return Pool.TryTake(isOnceOnly);
    }

    /// <summary>The host that the destination's configuration sets instead of its address's.</summary>
    public static string? HostOverride(HttpContext context) =>
        context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination?.Model.Config.Host;
}
