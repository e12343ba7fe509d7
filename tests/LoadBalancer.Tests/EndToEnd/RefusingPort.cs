using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

/// <summary>A reserved loopback port that refuses connections: bound, but not listening.</summary>
internal sealed class RefusingPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <summary>Begins to listen: the port is in use.</summary>
    public void Listen() => _socket.Listen();

    public void Dispose() => _socket.Dispose();
}
