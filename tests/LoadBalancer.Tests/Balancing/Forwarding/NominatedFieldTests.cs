using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>The balancer drops fields that <c>Connection</c> nominates, however the nomination is written (RFC 9110, section 7.6.1).</summary>
public class NominatedFieldTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    public static TheoryData<string> Nominations =>
    [
        "Connection: X-Secret\r\n",
        "Connection: close, X-Secret\r\n",
        "Connection: X-Secret, close\r\n",
        "Connection: keep-alive, X-Secret\r\n",
        "Connection: close\r\nConnection: X-Secret\r\n",
        "Connection: X-Secret\r\nConnection: close\r\n",
        "Connection: keep-alive\r\nConnection: X-Secret\r\n",
        "Connection: X-Secret\r\nConnection: keep-alive\r\n",
        "Connection: X-Other, X-Third\r\nconnection: keep-alive,x-secret\r\n",
        "Connection: close, X-Other\r\nConnection: X-Secret, keep-alive\r\n",
        "Connection:\r\nConnection: ,, X-Secret ,\r\n",
        "Connection: X-Other\r\nX-Between: 1\r\nConnection: X-Third\r\nConnection: X-Secret\r\n",
        "Connection: keep-alive\r\nConnection: keep-alive\r\nConnection: X-Secret\r\n",
        "Connection: close\r\nConnection: close\r\nConnection: X-Secret\r\n",
        "Connection: upgrade\r\nConnection: X-Secret\r\n",
        "Connection: Upgrade, X-Secret\r\n",
        "Connection: TE\r\nConnection: X-Secret\r\nConnection: TE, close\r\n",
        "Connection: \"close\", X-Secret\r\nConnection: close\r\n",
    ];

    [Theory]
    [MemberData(nameof(Nominations))]
    public async Task Request_FieldNominatedInAnyWay_IsLeftOut(string connection)
    {
        // Kestrel remembers field values from request to request of a connection.
        var (heads, response) = await ExchangeAsync(
            "GET /1 HTTP/1.1\r\nHost: f\r\nConnection: keep-alive\r\n\r\n",
            $"GET /2 HTTP/1.1\r\nHost: f\r\n{connection}X-Secret: 1\r\nX-Kept: 1\r\n\r\n");

        Assert.EndsWith("ok", response);
        Assert.Equal(2, heads.Count);
        AssertSecretStaysBehind(heads[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: keep-alive\r\n")]
    [InlineData("Connection: TE\r\nTE: trailers\r\n")]
    [InlineData("Connection: keep-alive, Keep-Alive\r\n")]
    public async Task Request_NothingNominated_KeepsTheClientsConnection(string connection)
    {
        var request = $"GET / HTTP/1.1\r\nHost: f\r\n{connection}\r\n";

        var (heads, _) = await ExchangeAsync(request, request, request, "GET / HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n");

        Assert.Equal(4, heads.Count);
    }

    [Fact]
    public async Task Request_Http10KeepAlive_KeepsTheClientsConnection()
    {
        var request = "GET / HTTP/1.0\r\nHost: f\r\nConnection: Keep-Alive\r\n\r\n";

        var (heads, _) = await ExchangeAsync(request, request, "GET / HTTP/1.0\r\nHost: f\r\n\r\n");

        Assert.Equal(3, heads.Count);
    }

    [Theory]
    [MemberData(nameof(Nominations))]
    public async Task Request_ThroughYarpsForwarder_FieldIsLeftOut(string connection)
    {
        var (heads, _) = await ExchangeWithAsync(
            new() { Route = route => route.WithTransformRequestHeader("X-Added", "1") },
            $"GET / HTTP/1.1\r\nHost: f\r\n{connection}X-Secret: 1\r\nX-Kept: 1\r\n\r\n");

        AssertSecretStaysBehind(Assert.Single(heads));
        Assert.Contains("\r\nX-Added: 1\r\n", heads[0]);
    }

    [Theory]
    [InlineData("Connection: Upgrade, X-Secret\r\n")]
    [InlineData("Connection: Upgrade\r\nConnection: X-Secret\r\n")]
    public async Task Upgrade_FieldNominated_IsLeftOutAndTheUpgradeSucceeds(string connection)
    {
        string? head = null;
        await using var backend = new ScriptedBackend(async backendConnection =>
        {
            head = await backendConnection.ReadHeadAsync();
            await backendConnection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
            await backendConnection.ReadAsync(3);
        });
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: f\r\n{connection}Upgrade: websocket\r\nX-Secret: 1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadUntilAsync("hello"));
        await client.SendAsync("bye");

        await client.ReadToEndAsync();
        Assert.DoesNotContain("X-Secret", head);
        Assert.Contains("\r\nUpgrade: websocket\r\n", head);
    }

    [Theory]
    [InlineData("Connection: X-Secret\r\n", false)]
    [InlineData("Connection: keep-alive\r\nConnection: X-Secret\r\n", false)]
    [InlineData("Connection: X-Secret\r\nX-Between: 1\r\nConnection: keep-alive\r\n", false)]
    [InlineData("Connection: close\r\nConnection: x-secret, content-length\r\n", false)]
    [InlineData("Connection: ,\r\nconnection:X-Other , X-Secret\r\nConnection:\r\n", false)]
    [InlineData("Connection: keep-alive\r\nConnection: X-Secret, Content-Type\r\n", true)]
    [InlineData("Connection: X-Secret\r\nConnection: close\r\n", true)]
    public async Task Response_FieldNominatedInAnyWay_IsLeftOut(string connection, bool throughYarp)
    {
        await using var backend = ScriptedBackend.Answering(
            $"HTTP/1.1 200 OK\r\nX-Secret: 1\r\n{connection}Content-Length: 2\r\nX-Secret: 2\r\nX-Kept: 1\r\n\r\nok");
        await using var proxy = await ForwardingProxy.StartAsync(
            backend.Url, new() { Route = route => throughYarp ? route.WithTransformRequestHeader("X-Added", "1") : route });

        for (var i = 0; i < 2; i++)
        {
            var response = await proxy.GetAsync();

            Assert.DoesNotContain("X-Secret", response, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\r\nX-Kept: 1\r\n", response);
            Assert.EndsWith("\r\n\r\nok", response);
        }
    }

    private static void AssertSecretStaysBehind(string head)
    {
        Assert.DoesNotContain("X-Secret", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Connection:", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nX-Kept: 1\r\n", head);
    }

    private static Task<(List<string> Heads, string Response)> ExchangeAsync(params string[] requests) => ExchangeWithAsync(new(), requests);

    /// <summary>Sends requests one after another on one connection. Returns what the backend received, and what the client received.</summary>
    private static async Task<(List<string> Heads, string Response)> ExchangeWithAsync(ForwardingProxy.Setup setup, params string[] requests)
    {
        var heads = new List<string>();
        await using var backend = new ScriptedBackend(async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                heads.Add(head);
                await connection.SendAsync(Ok);
            }
        });
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url, setup);
        using var client = await proxy.ConnectAsync();
        foreach (var request in requests[..^1])
        {
            await client.SendAsync(request);
            await client.ReadUntilAsync("ok");
        }

        await client.SendAsync(requests[^1]);
        return (heads, await client.ReadToEndAsync());
    }
}
