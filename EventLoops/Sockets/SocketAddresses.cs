using System.Buffers.Binary;
using System.Net;

namespace AspireLB.EventLoops.Sockets;

/// <summary>SocketAddresses reads addresses in the kernel's form (<c>struct sockaddr</c>).</summary>
internal static class SocketAddresses
{
    private const int Internet = 2;
    private const int Internet6 = 10;

    /// <summary>Reads an IP address; null for another family, such as a Unix domain socket without a name.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
            return null;

        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(address) switch
        {
            Internet => new(new IPAddress(address.Slice(4, 4)), port),
            Internet6 when address.Length >= 28 =>
                new(new IPAddress(address.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(address[24..])), port),
            _ => null,
        };
    }
}
