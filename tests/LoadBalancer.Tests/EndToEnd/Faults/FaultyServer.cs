using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>What a faulty server does with a request that is no probe.</summary>
internal enum Fault
{
    /// <summary>Reads it and resets the connection.</summary>
    Reset,

    /// <summary>Answers 503 to three of ten.</summary>
    ThirtyPercent503,

    /// <summary>Answers 503 to all.</summary>
    Always503,

    /// <summary>Answers, promises to keep the connection, and closes it.</summary>
    ClosesKeptConnections,
}

/// <summary>A backend over raw sockets that does one thing wrong. Probes (<c>/health</c>) it always answers well.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Fault _fault;
    private int _requests;
    private int _served;

    private FaultyServer(Fault fault)
    {
        _fault = fault;
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Requests received, probes left out.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests answered well.</summary>
    public int Served => Volatile.Read(ref _served);

    public static FaultyServer Start(Fault fault) => new(fault);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var buffer = new byte[16 * 1024];
        try
        {
            while (await ReadHeadAsync(socket, buffer) is { } head)
            {
                if (!await AnswerAsync(socket, isProbe: head.Contains(" /health ", StringComparison.Ordinal)))
                    return;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The peer has gone, or the test is over.
        }
    }

    private async Task<string?> ReadHeadAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
            if (received == 0)
                return null;
            length += received;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            if (text.Contains("\r\n\r\n", StringComparison.Ordinal))
                return text;
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, bool isProbe)
    {
        var number = isProbe ? 0 : Interlocked.Increment(ref _requests);
        if (isProbe)
            return await SendAsync(socket, "200 OK");

        switch (_fault)
        {
            case Fault.Reset:
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                return false;
            case Fault.ThirtyPercent503 when number % 10 < 3:
            case Fault.Always503:
                return await SendAsync(socket, "503 Service Unavailable");
            default:
                Interlocked.Increment(ref _served);
                await SendAsync(socket, "200 OK");
                return _fault != Fault.ClosesKeptConnections;
        }
    }

    private async Task<bool> SendAsync(Socket socket, string status)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"), _stop.Token);
        return true;
    }
}
