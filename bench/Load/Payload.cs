using System.Runtime.InteropServices;
using System.Text;

namespace AspireLB.Load;

/// <summary>The bytes of the one request that all connections repeat, and a buffer that discards response bodies.</summary>
internal sealed unsafe class Payload
{
    public const int ScratchLength = 256 * 1024;

    public Payload(Options options)
    {
        var head = new StringBuilder()
            .Append(options.Body > 0 ? "POST " : "GET ").Append(options.Path).Append(" HTTP/1.1\r\n")
            .Append("Host: 127.0.0.1:").Append(options.Port).Append("\r\n")
            .Append("User-Agent: AspireLB-Load\r\nAccept: */*\r\n");
        if (options.Body > 0)
        {
            head.Append("Content-Type: application/octet-stream\r\nContent-Length: ").Append(options.Body).Append("\r\n");
        }

        if (options.NewConnections)
        {
            head.Append("Connection: close\r\n");
        }

        var bytes = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        Length = bytes.Length + options.Body;
        Bytes = (byte*)NativeMemory.AllocZeroed((nuint)Length);
        bytes.CopyTo(new Span<byte>(Bytes, bytes.Length));
    }

    public byte* Bytes { get; }

    public long Length { get; }

    public byte* Scratch { get; } = (byte*)NativeMemory.AllocZeroed(ScratchLength);
}
