using System.Net;
using System.Net.Sockets;

namespace AspireLB.AppHost.Options;

/// <summary>A port, its purpose, and the option that changes it.</summary>
internal sealed record PortUse(int Port, string Owner, string Option)
{
    public static IEnumerable<PortUse> Of(AppHostOptions options) =>
    [
        new(options.LoadBalancerPort, "loadbalancer", "--LoadBalancer:Port"),
        new(options.AdminPort, "the console of loadbalancer", "--LoadBalancer:AdminPort"),
        .. options.DashboardPort is { } dashboard ? [new PortUse(dashboard, "Aspire's dashboard", "--Dashboard:Port")] : Array.Empty<PortUse>(),
        .. options.BackendPorts.Select((port, index) => new PortUse(port, $"server-{index + 1}", "--Backends:Port or --Backends:Ports")),
    ];

    /// <summary>Returns one sentence for each port that another program is using.</summary>
    public static IEnumerable<string> Taken(AppHostOptions options) =>
        Of(options).Where(use => !use.IsFree()).Select(use =>
            $"Port {use.Port}, meant for {use.Owner}, is in use by another program: end that program or choose another port with {use.Option}.");

    private bool IsFree() => IsFree(IPAddress.Loopback) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback));

    private bool IsFree(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, Port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException problem)
        {
            // If the address family is disabled, nothing can be listening there.
            return problem.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
