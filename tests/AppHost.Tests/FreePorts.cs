using System.Net;
using System.Net.Sockets;

namespace AspireLB.AppHost.Tests;

/// <summary>
/// Returns ports on which nothing is listening, each only once. They lie below the range that the system assigns to outgoing connections, as such
/// a connection could take a port between this check and its use. Each test process starts its search at a different port.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 10_000;
    private const int Count = 20_000;

    private static int s_last = Environment.ProcessId * 97;

    public static int[] Take(int count) => [.. All().Where(IsFree).Take(count)];

    /// <summary>Whether a new listener can use the port.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IEnumerable<int> All()
    {
        while (true)
            yield return Lowest + (Interlocked.Increment(ref s_last) & int.MaxValue) % Count;
    }
}
