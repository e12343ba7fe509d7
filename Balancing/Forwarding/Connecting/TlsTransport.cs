using System.Net.Security;
using System.Net.Sockets;
using AspireLB.EventLoops.Sockets;

namespace AspireLB.Balancing.Forwarding.Connecting;

/// <summary>TlsTransport is a connection encrypted by TLS.</summary>
internal sealed class TlsTransport(SslStream stream, Socket socket) : BackendTransport
{
    /// <summary>
    /// A zero-byte read that is pending while the connection is idle: it completes when data arrives or the peer closes. Polling the socket would not
    /// work, since session tickets can arrive at any time.
    /// </summary>
    private ValueTask<int>? _watch;

    public override bool HasData => false;

    public override bool IsQuiet => _watch is null or { IsCompleted: false };

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            await EndWatchAsync();
            return await stream.ReadAsync(buffer);
        }
        catch (Exception error) when (IsFailure(error))
        {
            return Failed;
        }
    }

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
            return true;
        }
        catch (Exception error) when (IsFailure(error))
        {
            return false;
        }
    }

    public override async ValueTask WaitForDataAsync()
    {
        try
        {
            await EndWatchAsync();
            _ = await stream.ReadAsync(Memory<byte>.Empty);
        }
        catch (Exception error) when (IsFailure(error))
        {
            // The receive that follows reports the failure.
        }
    }

    public override void Rest()
    {
        try
        {
            _watch ??= stream.ReadAsync(Memory<byte>.Empty);
        }
        catch (Exception error) when (IsFailure(error))
        {
            _watch = new(Failed);
        }
    }

    public override async ValueTask<bool> SendAndReturnAsync(byte[] buffer, int length)
    {
        var isSent = await SendAsync(buffer.AsMemory(0, length));
        Buffers.Return(buffer);
        return isSent;
    }

    public override void Abort() => socket.Dispose();

    public override void Dispose() => stream.Dispose();

    internal static bool IsFailure(Exception error) =>
        error is IOException or ObjectDisposedException or InvalidOperationException or System.ComponentModel.Win32Exception
            or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException;

    private async ValueTask EndWatchAsync()
    {
        if (_watch is { } watch)
        {
            _watch = null;
            await watch;
        }
    }
}
