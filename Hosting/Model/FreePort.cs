using System.Net;
using System.Net.Sockets;

namespace AspireLB.Hosting.Model;

/// <summary>Finds a port on which nothing is listening at the moment.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
