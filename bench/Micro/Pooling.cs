using System.Net;
using System.Net.Sockets;
using AspireLB.Balancing.Forwarding.Connecting;
using BenchmarkDotNet.Attributes;

namespace AspireLB.LoadBalancer.Benchmarks;

/// <summary>Measures what a request pays for its connection: taking it, checking that it is alive, returning it. It is a real connection.</summary>
[MemoryDiagnoser]
public class Pooling
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _accepted;
    private Upstream _upstream = null!;

    [GlobalSetup]
    public async Task Connect()
    {
        _listener.Start();
        _upstream = Upstreams.Create(((IPEndPoint)_listener.LocalEndpoint).Port);
        var (connection, failure) = await _upstream.Pool.OpenAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        _accepted = await _listener.AcceptSocketAsync();
        _upstream.Pool.Return(connection ?? throw new InvalidOperationException($"Not connected: {failure}."), ConnectionPool.IdleLifetime);
    }

    [GlobalCleanup]
    public void Disconnect()
    {
        _upstream.Pool.Dispose();
        _accepted?.Dispose();
        _listener.Dispose();
    }

    [Benchmark]
    public void TakeAndReturn()
    {
        var connection = _upstream.TryTakeConnection() ?? throw new InvalidOperationException("The pool is empty.");
        _upstream.Pool.Return(connection, ConnectionPool.IdleLifetime);
    }
}
