using System.Net;
using System.Net.Sockets;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

/// <summary>Which connections are used for a request that must not be sent twice.</summary>
public sealed class ConnectionPoolTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _backend = new(IPAddress.Loopback, 0);
    private readonly ConnectionPool _pool;

    // Referenced, so that the garbage collector does not close them.
    private readonly List<Socket> _peers = [];

    public ConnectionPoolTests()
    {
        _backend.Start();
        _pool = CreatePool(maxOpen: 0);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pool.Dispose();
        _peers.ForEach(peer => peer.Dispose());
        _backend.Dispose();
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndNothingObserved_GivesNoneAndKeepsTheLastToLearnFrom()
    {
        var (connection, _) = await OpenAsync();
        Return(connection);
        Pass(0.1);

        Assert.Null(_pool.TryTake(isOnceOnly: true));
        Assert.Equal(1, _pool.Figures.Idle);
        Assert.Same(connection, _pool.TryTake());
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndAnotherWasKeptForLonger_GivesIt()
    {
        var (old, _) = await OpenAsync();
        Return(old);
        Pass(5);
        var (young, _) = await OpenAsync();
        Return(young);
        Pass(1);

        Assert.Same(young, _pool.TryTake(isOnceOnly: true));
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndTheResponseTookLong_CountsFromTheRequest()
    {
        var (old, _) = await OpenAsync();
        var (young, _) = await OpenAsync();
        Return(old);
        Pass(5);

        // The backend may have responded five seconds ago, whatever delayed the response.
        Return(young);

        Assert.Null(_pool.TryTake(isOnceOnly: true));
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndNoneTrusted_ANewOneReplacesTheLast()
    {
        var (old, _) = await OpenAsync();
        var (young, _) = await OpenAsync();
        Return(old);
        Return(young);
        Pass(1);

        Assert.Null(_pool.TryTake(isOnceOnly: true));
        Assert.Equal((1, 1), (_pool.Figures.Open, _pool.Figures.Idle));
        Assert.Same(old, _pool.TryTake());
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndTheOldestWasClosed_ItIsRemovedAndSetsTheLimit()
    {
        var (old, oldPeer) = await OpenAsync();
        var (middle, _) = await OpenAsync();
        Return(old);
        Return(middle);
        Pass(8);
        var (young, _) = await OpenAsync();
        Return(young);
        oldPeer.Dispose();
        await Eventually.TrueAsync(() => !old.IsUsable, Cancelled);
        Pass(1);

        // The other one stays open, but the one closed after nine seconds sets the limit.
        Assert.Same(young, _pool.TryTake(isOnceOnly: true));
        Assert.Equal((2, 1), (_pool.Figures.Open, _pool.Figures.Idle));
        Return(young);
        Pass(2.3);
        Assert.Null(_pool.TryTake(isOnceOnly: true));
    }

    [Fact]
    public async Task TryTake_OnceOnlyAndNoRoomForMoreThanOne_DoesNotKeepTheLast()
    {
        using var pool = CreatePool(maxOpen: 1);
        var (connection, _) = await OpenAsync(pool);
        pool.Return(connection, ConnectionPool.IdleLifetime);
        Pass(1);

        Assert.Null(pool.TryTake(isOnceOnly: true));
        Assert.NotNull((await pool.OpenAsync(TimeSpan.FromSeconds(10), Cancelled)).Connection);
    }

    private ConnectionPool CreatePool(int maxOpen)
    {
        Assert.True(BackendAddress.TryParse($"http://{_backend.LocalEndpoint}", out var address));
        var addresses = new AddressBook(address.EndPoint, _time, Dns.GetHostAddressesAsync);
        var connector = new Connector(address, TlsSettings.Default, handshakes: null, addresses, loops: null, _time);
        return new(connector, addresses, _time, maxOpen);
    }

    private async Task<(BackendConnection Connection, Socket Peer)> OpenAsync(ConnectionPool? pool = null)
    {
        var (connection, _) = await (pool ?? _pool).OpenAsync(TimeSpan.FromSeconds(10), Cancelled);
        Assert.NotNull(connection);
        var peer = await _backend.AcceptSocketAsync(Cancelled);
        _peers.Add(peer);
        return (connection, peer);
    }

    private void Return(BackendConnection connection) => _pool.Return(connection, ConnectionPool.IdleLifetime);

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
