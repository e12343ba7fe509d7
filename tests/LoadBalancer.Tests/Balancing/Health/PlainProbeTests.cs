using System.Net;
using AspireLB.Balancing.Forwarding.Connecting;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.EventLoops.Sockets;
using AspireLB.LoadBalancer.Tests.Balancing.Forwarding;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

/// <summary>Probes over real sockets at backends that send scripted bytes.</summary>
public abstract class PlainProbeTests
{
    private readonly Resolver _resolver = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true, "status 200")]
    [InlineData("HTTP/1.0 204 No Content\r\n\r\n", true, "status 204")]
    [InlineData("HTTP/1.1 399 Odd\r\n\r\n", true, "status 399")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", false, "status 400")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n", false, "status 503")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", true, "status 200")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", false, "status 101")]
    [InlineData("", false, "the connection was closed without a response")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", false, "the connection was closed without a response")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", false, "the connection was closed without a response")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", false, "the response is not HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false, "the response is not HTTP")]
    public async Task Probe_Response_Decides(string response, bool succeeded, string reason)
    {
        await using var backend = ScriptedBackend.AnsweringOnce(response);

        Assert.Equal(new(succeeded, reason), await AskAsync(backend.Url));
    }

    [Fact]
    public async Task Probe_ResponseInPieces_IsAssembled()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            foreach (var piece in "HTTP/1.1 200 OK\r\nServer: slow\r\n\r\n".Chunk(3))
            {
                await connection.SendAsync(new string(piece));
                await Task.Yield();
            }
        });

        Assert.Equal(new(true, "status 200"), await AskAsync(backend.Url));
    }

    [Fact]
    public async Task Probe_EndlessInterimResponses_IsAFailure()
    {
        await using var backend = ScriptedBackend.AnsweringOnce(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100)));

        Assert.Equal(new(false, "there was no final response"), await AskAsync(backend.Url));
    }

    [Fact]
    public async Task Probe_EndlessHead_IsAFailureBeforeItFillsTheMemory()
    {
        await using var backend = ScriptedBackend.AnsweringOnce("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("Field: value\r\n", 20_000)));

        Assert.Equal(new(false, "the response is not HTTP"), await AskAsync(backend.Url));
    }

    [Fact]
    public async Task Probe_Options_ShapeTheRequest()
    {
        var heads = new List<string?>();
        await using var backend = new ScriptedBackend(async connection =>
        {
            heads.Add(await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
        });

        await AskAsync(backend.Url + "/base/", new() { Method = "HEAD", Path = "/ready here?full=1" }, "shop.example");
        await AskAsync(backend.Url, new());

        Assert.Equal(
            [
                "HEAD /base/ready%20here?full=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: AspireLB-probe\r\nConnection: close\r\n\r\n",
                $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{backend.Port}\r\nUser-Agent: AspireLB-probe\r\nConnection: close\r\n\r\n",
            ],
            heads);
    }

    [Fact]
    public async Task Probe_HostWithALineBreak_IsNotSent()
    {
        await using var backend = ScriptedBackend.Answering("HTTP/1.1 200 OK\r\n\r\n");

        Assert.Equal(new(false, "the host contains a line break"), await AskAsync(backend.Url, new(), "shop\r\nX-Admin: yes"));
        Assert.Equal(0, backend.Connections);
    }

    [Fact]
    public async Task Probe_ConnectionRefused_IsTheReason()
    {
        using var port = new RefusingPort();

        Assert.Equal(new(false, "Connection refused"), await AskAsync(port.Url));
    }

    [Fact]
    public async Task Probe_FirstOfTwoAddressesRefuses_TriesTheSecond()
    {
        await using var backend = ScriptedBackend.AnsweringOnce("HTTP/1.1 200 OK\r\n\r\n");
        _resolver.Found = [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback];

        Assert.Equal(new(true, "status 200"), await AskAsync($"http://shop.test:{backend.Port}"));
    }

    [Fact]
    public async Task Probe_NameWithoutAddress_IsAFailure()
    {
        var (succeeded, reason) = await AskAsync("http://shop.test:5001");

        Assert.False(succeeded);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public async Task Probe_CancelledWhileItWaits_ThrowsAndClosesTheConnection()
    {
        var asked = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            asked.SetResult();
            await connection.WaitForCloseAsync();
            ended.SetResult();
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var probe = AskAsync(backend.Url, cancellation: stop.Token);
        await asked.Task.WaitAsync(Cancelled);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        await ended.Task.WaitAsync(Cancelled);
    }

    [Theory]
    [InlineData("http://shop.test", null, null, true)]
    [InlineData("http://unix:/run/app.sock", null, null, true)]
    [InlineData("https://shop.test", null, null, false)]
    [InlineData("ftp://shop.test", null, null, false)]
    [InlineData("http://shop.test", "1.1", null, true)]
    [InlineData("http://shop.test", "2.0", null, true)]
    [InlineData("http://shop.test", "2.0", HttpVersionPolicy.RequestVersionOrLower, true)]
    [InlineData("http://shop.test", "2.0", HttpVersionPolicy.RequestVersionExact, false)]
    public void AddressOf_Backend_IsSetIfItsRequestsArePlainHttp1(string address, string? version, HttpVersionPolicy? policy, bool isPlain)
    {
        var http = version is null ? null : new ForwarderRequestConfig { Version = Version.Parse(version), VersionPolicy = policy };

        Assert.Equal(isPlain, Probe(http).AddressOf(Target(address, new(), null)) is not null);
    }

    private protected abstract EventLoopGroup? Loops { get; }

    private static ProbeTarget Target(string address, ActiveHealthOptions options, string? host) =>
        ProbeTarget.From(
            new Backend("c", new DestinationState("b", new(new DestinationConfig { Address = address, Host = host })), TimeProvider.System), options);

    private PlainProbe Probe(ForwarderRequestConfig? http = null)
    {
        var registry = TestModel.Registry();
        registry.OnClusterAdded(new("c", new(new ClusterConfig { ClusterId = "c", HttpRequest = http }, TestModel.NoClient)));
        return new(registry, _resolver, TimeProvider.System, Loops);
    }

    private async Task<ProbeResult> AskAsync(
        string address, ActiveHealthOptions? options = null, string? host = null, CancellationToken? cancellation = null)
    {
        var (probe, target) = (Probe(), Target(address, options ?? new(), host));
        try
        {
            return await probe.ProbeAsync(target, probe.AddressOf(target)!, cancellation ?? Cancelled);
        }
        finally
        {
            // Leave the event loop's thread. Otherwise the next test would begin on it, with a loop that ends with this test.
            await Task.Yield();
        }
    }

    private sealed class Resolver : IBackendResolver
    {
        public IPAddress[] Found { get; set; } = [];

        public Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellation) => Task.FromResult(Found);
    }
}

public sealed class PlainProbeOverSocketsTests : PlainProbeTests
{
    private protected override EventLoopGroup? Loops => null;
}

public sealed class PlainProbeOverEventLoopsTests : PlainProbeTests, IDisposable
{
    private readonly EventLoopGroup _loops = new(1, NullLogger<EventLoopGroup>.Instance, TimeProvider.System);

    private protected override EventLoopGroup? Loops => _loops;

    public void Dispose() => _loops.Dispose();
}
