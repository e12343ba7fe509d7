using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>HTTP/1.1 messages over a socket, one after another, each with a Content-Length, without retries or hidden steps.</summary>
internal sealed partial class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _filled;

    public RawConnection(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    /// <summary>Messages received so far.</summary>
    public int Messages { get; private set; }

    public async Task SendAsync(string message, CancellationToken cancellationToken) =>
        await _socket.SendAsync(Encoding.ASCII.GetBytes(message), cancellationToken);

    /// <summary>The head of the next message, whose body has been read as well; null when the peer has closed the connection, even midway.</summary>
    public async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = Encoding.ASCII.GetString(_buffer, 0, _filled);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end >= 4 && end + BodyLength(text) is var length && length <= _filled)
            {
                _filled -= length;
                _buffer.AsSpan(length, _filled).CopyTo(_buffer);
                Messages++;
                return text[..end];
            }

            var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), cancellationToken);
            if (received == 0)
                return null;
            _filled += received;
        }
    }

    /// <summary>Closes the connection with a RST.</summary>
    public void Reset() => _socket.LingerState = new LingerOption(enable: true, seconds: 0);

    public void Dispose() => _socket.Dispose();

    private static int BodyLength(string head) =>
        ContentLength().Match(head) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, null) : 0;

    [GeneratedRegex(@"\r\ncontent-length: *(\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex ContentLength();
}
