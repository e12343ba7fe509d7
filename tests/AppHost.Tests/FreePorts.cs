using System.Net;
using System.Net.Sockets;

namespace AspireLB.AppHost.Tests;

/// <summary>
/// Ports that nobody listens on, each given out once. They lie below those that the system gives to outgoing connections, one of which could
/// take a port between this look and its use, and each test process starts its search elsewhere.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 10_000;
    private const int Count = 20_000;

    private static int s_last = Environment.ProcessId * 97;

    public static int[] Take(int count) => [.. All().Where(IsFree).Take(count)];

    /// <summary>Whether a new listener can have the port.</summary>
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
