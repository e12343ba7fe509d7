using System.Net;
using System.Net.Sockets;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

public class AddressBookTests
{
    private static readonly IPEndPoint First = new(IPAddress.Parse("192.0.2.1"), 80);
    private static readonly IPEndPoint Second = new(IPAddress.Parse("192.0.2.2"), 80);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _asked = [];
    private Func<IPAddress[]> _found = () => [First.Address];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_Address_IsNotLookedUp()
    {
        Assert.Equal([First], await Create(First).GetAsync(Cancel));
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Get_WithinTheLifetime_LooksUpOnce()
    {
        var book = Create();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([First], await book.GetAsync(Cancel));
            _time.Advance(AddressBook.Lifetime / 3);
        }

        Assert.Equal(["backend.test"], _asked);
    }

    [Fact]
    public async Task Get_AfterTheLifetime_GivesTheNewAddressesAndReportsThem()
    {
        var book = Create();
        EndPoint[]? told = null;
        book.Changed = endPoints => told = endPoints;
        await book.GetAsync(Cancel);
        _found = () => [Second.Address];
        _time.Advance(AddressBook.Lifetime + TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(async () => (await book.GetAsync(Cancel)).SequenceEqual([Second]), Cancel);

        Assert.Equal([Second], told!);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task Get_LookUpFailsLater_KeepsTheFormerAddresses()
    {
        var book = Create();
        await book.GetAsync(Cancel);
        _found = () => throw new SocketException((int)SocketError.TryAgain);
        _time.Advance(AddressBook.Lifetime + TimeSpan.FromSeconds(1));

        Assert.Equal([First], await book.GetAsync(Cancel));
        await Eventually.TrueAsync(() => _asked.Count == 2, Cancel);
        Assert.Equal([First], await book.GetAsync(Cancel));
    }

    [Fact]
    public async Task Get_NameDoesNotResolve_IsEmptyAndLooksUpAgainNextTime()
    {
        var book = Create();
        _found = () => throw new SocketException((int)SocketError.HostNotFound);

        Assert.Empty(await book.GetAsync(Cancel));
        _found = () => [First.Address];
        Assert.Equal([First], await book.GetAsync(Cancel));
    }

    [Fact]
    public async Task Get_SeveralAddresses_BeginsWithEachInTurn()
    {
        _found = () => [First.Address, Second.Address, First.Address];
        var book = Create();

        var firsts = new List<EndPoint>();
        for (var i = 0; i < 4; i++)
            firsts.Add((await book.GetAsync(Cancel))[0]);

        Assert.Equal(2, firsts.Count(endPoint => endPoint.Equals(First)));
        Assert.Equal(2, firsts.Count(endPoint => endPoint.Equals(Second)));
    }

    private AddressBook Create(EndPoint? endPoint = null) => new(endPoint ?? new DnsEndPoint("backend.test", 80), _time, (host, _) =>
    {
        _asked.Add(host);
        return Task.Run(() => _found());
    });
}
