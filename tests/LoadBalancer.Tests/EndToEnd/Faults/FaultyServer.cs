using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>What a faulty server does with a request other than a probe.</summary>
internal enum Fault
{
    /// <summary>Responds after 20 ms: no fault, but requests are always in flight.</summary>
    None,

    /// <summary>Reads it and resets the connection.</summary>
    Reset,

    /// <summary>Responds with 503 to three of ten.</summary>
    ThirtyPercent503,

    /// <summary>Responds with 503 to all.</summary>
    Always503,

    /// <summary>Responds, announces keep-alive, and closes the connection.</summary>
    ClosesKeptConnections,

    /// <summary>Closes a connection on which nothing arrived for 20 ms.</summary>
    ClosesIdleConnections,
}

/// <summary>A backend over raw sockets with one fault. Probes (<c>/health</c>) always succeed.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _received = new();
    private readonly Fault _fault;
    private int _requests;

    private FaultyServer(Fault fault)
    {
        _fault = fault;
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Requests received, without probes.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How often each path was received: a server that has read a request may execute it, whatever it responds.</summary>
    public IReadOnlyDictionary<string, int> Received => _received;

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
        using var connection = new RawConnection(socket);
        try
        {
            while (await NextAsync(connection) is { } path)
            {
                if (!await AnswerAsync(connection, path))
                    return;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The peer has closed, or the test is over.
        }
    }

    private async Task<string?> NextAsync(RawConnection connection)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (_fault == Fault.ClosesIdleConnections && connection.Messages > 0)
            idle.CancelAfter(Idle);
        return (await connection.ReceiveAsync(idle.Token))?.Split(' ')[1];
    }

    private async Task<bool> AnswerAsync(RawConnection connection, string path)
    {
        if (path == "/health")
            return await SendAsync(connection, "200 OK");

        var number = Interlocked.Increment(ref _requests);
        _received.AddOrUpdate(path, 1, (_, count) => count + 1);
        switch (_fault)
        {
            case Fault.Reset:
                connection.Reset();
                return false;
            case Fault.ThirtyPercent503 when number % 10 < 3:
            case Fault.Always503:
                return await SendAsync(connection, "503 Service Unavailable");
            case Fault.None:
                await Task.Delay(Work, _stop.Token);
                return await SendAsync(connection, "200 OK");
            default:
                await SendAsync(connection, "200 OK");
                return _fault != Fault.ClosesKeptConnections;
        }
    }

    private async Task<bool> SendAsync(RawConnection connection, string status)
    {
        await connection.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", _stop.Token);
        return true;
    }
}
