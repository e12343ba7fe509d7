using AspireLB.LoadBalancer.Forwarding;

namespace AspireLB.LoadBalancer.Tests.Forwarding;

/// <summary>Backends close connections that are kept, at any moment.</summary>
public class KeptConnectionTests : ForwardingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Connection_ClosedWhileIdle_CostsNoRequest()
    {
        await using var backend = ScriptedBackend.AnsweringOnce(Ok);
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 20; i++)
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.GetAsync());

        Assert.All(proxy.Ended, result => Assert.Equal(AttemptProgress.Completed, result.Progress));
    }

    /// <summary>The last receive of a long body takes just what it asked for, which must not look as if the backend had more to say.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(100_000)]
    [InlineData(1_048_576)]
    public async Task Connection_AfterALongBody_IsUsedAgain(int length)
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', length)}");
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 5; i++)
            Assert.EndsWith($"\r\n\r\n{new string('x', length)}", await proxy.GetAsync());

        Assert.Equal(1, backend.Connections);
    }

    [Fact]
    public async Task Connection_ClosedOnTheNextRequest_CostsNoRepeatableRequest()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await connection.ReadHeadAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 3; i++)
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.GetAsync());

        Assert.Equal(3, backend.Connections);
        Assert.All(proxy.Ended, result => Assert.Equal(AttemptProgress.Completed, result.Progress));
    }

    [Fact]
    public async Task Connection_ClosedOnTheNextRequest_NeverRepeatsAPost()
    {
        var posts = 0;
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            if (await connection.ReadHeadAsync() is not null)
                Interlocked.Increment(ref posts);
        });
        await using var proxy = await StartProxyAsync(backend.Url, new() { BufferedBody = [] });

        Assert.StartsWith("HTTP/1.1 200 ", await proxy.GetAsync());
        Assert.StartsWith("HTTP/1.1 502 ", await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));

        Assert.Equal(1, posts);
        Assert.Equal(AttemptProgress.NoResponse, proxy.Ended[^1].Progress);
    }
}
