using System.Net;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>IBackendResolver looks up the addresses of a backend's name.</summary>
internal interface IBackendResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name cannot be resolved now.</exception>
    Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation);
}

/// <summary>SystemResolver uses the system's resolver: the hosts file, DNS and other configured sources.</summary>
internal sealed class SystemResolver : IBackendResolver
{
    public Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation) => Dns.GetHostAddressesAsync(host, cancellation);
}
