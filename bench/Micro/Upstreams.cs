using System.Net;
using AspireLB.Balancing.Forwarding.Connecting;

namespace AspireLB.LoadBalancer.Benchmarks;

internal static class Upstreams
{
    /// <summary>Creates the data path's view of a backend on a loopback port, with its pool.</summary>
    public static Upstream Create(int port)
    {
        if (!BackendAddress.TryParse($"http://127.0.0.1:{port}", out var address))
            throw new InvalidOperationException("The address was refused.");

        var addresses = new AddressBook(address.EndPoint, TimeProvider.System, Dns.GetHostAddressesAsync);
        var connector = new Connector(address, TlsSettings.Default, handshakes: null, addresses, loops: null, TimeProvider.System);
        return new(address, addresses, new ConnectionPool(connector, addresses, TimeProvider.System, maxOpen: 0));
    }
}
