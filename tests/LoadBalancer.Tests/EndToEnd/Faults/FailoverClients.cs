using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Faults;

/// <summary>
/// 64 clients of several balancers, each with one connection at a time. A client moves on to the next balancer when it is refused or a
/// response asks it to close, and never sends a request twice: one without a complete response has failed.
/// </summary>
internal sealed class FailoverClients : IAsyncDisposable
{
    private const int Clients = 64;

    private readonly CancellationTokenSource _stop = new();
    private readonly int[] _ports;
    private readonly long[] _served;
    private readonly Task _running;

    public FailoverClients(params int[] ports)
    {
        _ports = ports;
        _served = new long[ports.Length];
        _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Requests that got no response, or none with status 200.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>Waits until a balancer has served this many requests.</summary>
    public Task ServedAsync(int by, long requests, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(() => Interlocked.Read(ref _served[by]) >= requests, cancellationToken, $"balancer {by} has served {requests} requests");

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var balancer = 0; balancer < _ports.Length && !_stop.IsCancellationRequested; balancer++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _ports[balancer]);
            }
            catch (SocketException)
            {
                continue;
            }

            await UseAsync(new(socket), balancer);
        }

        if (!_stop.IsCancellationRequested)
            Failures.Enqueue("no balancer is left");
    }

    private async Task UseAsync(RawConnection connection, int balancer)
    {
        using var used = connection;
        try
        {
            string? head = null;
            while (!_stop.IsCancellationRequested && head?.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase) != true)
            {
                await connection.SendAsync("GET / HTTP/1.1\r\nHost: balancer\r\n\r\n", CancellationToken.None);
                head = await connection.ReceiveAsync(CancellationToken.None);
                if (head?.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) != true)
                {
                    Failures.Enqueue(Describe(balancer, connection, head ?? "the connection was closed"));
                    return;
                }

                Interlocked.Increment(ref _served[balancer]);
            }
        }
        catch (SocketException exception)
        {
            Failures.Enqueue(Describe(balancer, connection, exception.Message));
        }
    }

    private static string Describe(int balancer, RawConnection connection, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"balancer {balancer}, request {connection.Messages + 1} of its connection: {what}");
}
