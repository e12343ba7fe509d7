using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding.Connecting;

/// <summary>The kinds of backend address, over real sockets.</summary>
public class BackendAddressTests : ForwardingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://h", false, "h", 80, null, "h", "")]
    [InlineData("HTTP://h:81/p/", false, "h", 81, null, "h:81", "/p")]
    [InlineData("https://h/p", true, "h", 443, null, "h", "/p")]
    [InlineData("http://[2001:db8::1]:5000", false, "2001:db8::1", 5000, null, "[2001:db8::1]:5000", "")]
    [InlineData("http://unix:/run/app.sock", false, "localhost", 0, "/run/app.sock", "localhost", "")]
    [InlineData("https://unix:/run/app.sock:/p/", true, "localhost", 0, "/run/app.sock", "localhost", "/p")]
    public void TryParse_Address_GivesItsParts(string text, bool isTls, string host, int port, string? socket, string authority, string prefix)
    {
        Assert.True(BackendAddress.TryParse(text, out var address));
        Assert.Equal(new(isTls, host, port, socket, authority, prefix), address);
    }

    [Theory]
    [InlineData("h:80")]
    [InlineData("ftp://h")]
    [InlineData("http://")]
    [InlineData("http://unix:")]
    [InlineData("http://unix:app.sock")]
    [InlineData("http://unix:/run/app.sock:p")]
    public void TryParse_NoAddress_IsRefused(string text) => Assert.False(BackendAddress.TryParse(text, out _));

    [Fact]
    public async Task Ipv6Backend_Request_IsServed()
    {
        if (!CanBindIpv6())
            Assert.Skip("There is no IPv6 on this machine.");

        await using var backend = Naming("six", new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await using var proxy = await StartProxyAsync($"http://[::1]:{backend.Port}");

        Assert.EndsWith("\r\n\r\nsix", await proxy.GetAsync());
    }

    [Theory]
    [InlineData("", "/a?b")]
    [InlineData(":/prefix/", "/prefix/a?b")]
    public async Task UnixSocketBackend_Request_IsServed(string suffix, string target)
    {
        var directory = Directory.CreateTempSubdirectory("aspirelb-");
        try
        {
            var path = Path.Combine(directory.FullName, "app.sock");
            await using var backend = Naming("unix", new UnixDomainSocketEndPoint(path));
            await using var proxy = await StartProxyAsync($"http://unix:{path}{suffix}", new() { Route = route => route });

            var response = await proxy.GetAsync("/a?b");

            Assert.EndsWith("\r\n\r\nunix", response);
            Assert.Contains($"\r\nX-Request-Line: GET {target} HTTP/1.1\r\n", response);
            Assert.Contains("\r\nX-Host: localhost\r\n", response);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task NamedBackend_NameMovesToAnotherAddress_RequestsFollowAndIdleConnectionsEnd()
    {
        var resolver = new ScriptedResolver();
        var time = new FakeTimeProvider();
        await using var first = Naming("first", new IPEndPoint(IPAddress.Loopback, 0));
        await using var second = Naming("second", new IPEndPoint(IPAddress.Parse("127.0.0.2"), first.Port));
        resolver.Addresses["backend.test"] = [IPAddress.Loopback];
        await using var proxy = await StartProxyAsync($"http://backend.test:{first.Port}", new()
        {
            Configure = services => services.AddSingleton<IBackendResolver>(resolver).AddSingleton<TimeProvider>(time),
        });

        Assert.EndsWith("first", await proxy.GetAsync());
        resolver.Addresses["backend.test"] = [IPAddress.Parse("127.0.0.2")];
        Assert.EndsWith("first", await proxy.GetAsync());
        time.Advance(AddressBook.Lifetime + TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(async () => (await proxy.GetAsync()).EndsWith("second", StringComparison.Ordinal), Cancel);
        Assert.EndsWith("second", await proxy.GetAsync());
        Assert.Equal((1, 1), (first.Connections, second.Connections));
    }

    [Fact]
    public async Task NamedBackend_OneOfItsAddressesIsDown_TheOtherServes()
    {
        var resolver = new ScriptedResolver();
        await using var backend = Naming("alive", new IPEndPoint(IPAddress.Loopback, 0));
        resolver.Addresses["backend.test"] = [IPAddress.Parse("127.0.0.3"), IPAddress.Loopback];
        await using var proxy = await StartProxyAsync($"http://backend.test:{backend.Port}", new()
        {
            Configure = services => services.AddSingleton<IBackendResolver>(resolver),
        });

        for (var i = 0; i < 4; i++)
            Assert.EndsWith("alive", await proxy.GetAsync());
    }

    private static ScriptedBackend Naming(string name, EndPoint endPoint) => new(
        async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                var lines = head.Split("\r\n");
                var host = lines.Single(line => line.StartsWith("Host: ", StringComparison.Ordinal))[6..];
                await connection.SendAsync(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\nX-Request-Line: {lines[0]}\r\nX-Host: {host}\r\n\r\n{name}");
            }
        },
        endPoint);

    private static bool CanBindIpv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed class ScriptedResolver : IBackendResolver
    {
        public ConcurrentDictionary<string, IPAddress[]> Addresses { get; } = new();

        public Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation) =>
            Addresses.TryGetValue(host, out var addresses) ? Task.FromResult(addresses) : throw new SocketException((int)SocketError.HostNotFound);
    }
}

public sealed class BackendAddressOverSocketsTests : BackendAddressTests
{
    private protected override bool UsesEventLoops => false;
}
