using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>FrameClient is an HTTP/2 client that exposes the frames (RFC 9113, section 4.1).</summary>
internal sealed class FrameClient : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;

    private const byte EndStream = 0x1;
    private const byte EndHeaders = 0x4;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private int _lastStream = -1;

    private FrameClient(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static async Task<FrameClient> ConnectAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        var frames = new FrameClient(client);
        await frames._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await frames.SendAsync(Settings, 0, 0, []);
        return frames;
    }

    /// <summary>Begins a gRPC call on a new stream and returns the stream's number.</summary>
    public async Task<int> PostAsync(string path, bool endsStream)
    {
        _lastStream += 2;
        byte[] fields =
        [
            0x83, 0x86, // :method POST and :scheme http of HPACK's static table
            0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path),
            0x01, 1, (byte)'a', // :authority
            0x0f, 0x10, 16, .. "application/grpc"u8, // content-type
        ];
        await SendAsync(Headers, endsStream ? (byte)(EndHeaders | EndStream) : EndHeaders, _lastStream, fields);
        return _lastStream;
    }

    /// <summary>Reads the next frame of any stream: its type, and whether it ends the stream. Skips frames of the connection.</summary>
    public async Task<(byte Type, bool EndsStream)> ReadFrameAsync()
    {
        var head = new byte[9];
        while (true)
        {
            await _stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
            var payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
            await _stream.ReadExactlyAsync(payload, TestContext.Current.CancellationToken);
            if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) != 0)
                return (head[3], head[3] is Data or Headers && (head[4] & EndStream) != 0);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame, TestContext.Current.CancellationToken);
    }
}
