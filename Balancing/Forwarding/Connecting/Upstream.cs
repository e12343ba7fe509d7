using System.Text;
using Yarp.ReverseProxy.Model;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>One destination of a cluster as the data path sees it: what goes into each request's head, and the connections.</summary>
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

    /// <summary>Value of <c>Host</c> where the route does not keep the client's.</summary>
    public byte[] Authority { get; }

    /// <summary>Goes before each request target; empty for most backends, without a slash at its end.</summary>
    public byte[] PathPrefix { get; }

    public byte[] PathPrefixWithSlash { get; }

    /// <summary>An idle connection, if there is one; also the occasion to notice that the backend's name is due for a look-up.</summary>
    /// <param name="isOnceOnly">Whether it is for a request that can't be repeated.</param>
    public BackendConnection? TryTakeConnection(bool isOnceOnly = false)
    {
        _addresses.RefreshIfStale();
        return Pool.TryTake(isOnceOnly);
    }

    /// <summary>The host that the destination's configuration asks for instead of its address's.</summary>
    public static string? HostOverride(HttpContext context) =>
        context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination?.Model.Config.Host;
}
