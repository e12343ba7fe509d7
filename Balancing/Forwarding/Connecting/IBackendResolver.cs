using System.Net;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>Looks up the addresses behind a backend's name.</summary>
internal interface IBackendResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name cannot be resolved now.</exception>
    Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation);
}

/// <summary>The system's resolver: hosts file, DNS and whatever else it is set up to ask.</summary>
internal sealed class SystemResolver : IBackendResolver
{
    public Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation) => Dns.GetHostAddressesAsync(host, cancellation);
}
