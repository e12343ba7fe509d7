using AspireLB.Balancing.Model;
using Microsoft.Extensions.DependencyInjection;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>Backends that close kept connections at any moment.</summary>
public class KeptConnectionTests : ForwardingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Post = "POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task Connection_ClosedWhileIdle_FailsNoRequest()
    {
        await using var backend = ScriptedBackend.AnsweringOnce(Ok);
        await using var proxy = await StartProxyAsync(backend.Url);

        for (var i = 0; i < 20; i++)
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.GetAsync());

        Assert.All(proxy.Ended, result => Assert.Equal(AttemptProgress.Completed, result.Progress));
    }

    /// <summary>The last receive of a long body gets exactly what it asked for, which must not look as if the backend had sent more.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(100_000)]
    [InlineData(1_048_576)]
    public async Task Connection_AfterALongBody_IsReused(int length)
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
    public async Task Connection_SilentOnTheNextRequest_IsATimeoutAndNotRetried()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await connection.ReadHeadAsync();
            await connection.ReadHeadAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url, new() { Timeouts = new() { ResponseHead = TimeSpan.FromMilliseconds(500) } });

        Assert.StartsWith("HTTP/1.1 200 ", await proxy.GetAsync());
        Assert.StartsWith("HTTP/1.1 504 ", await proxy.GetAsync());

        Assert.Equal(1, backend.Connections);
        Assert.Equal((AttemptProgress.NoResponse, AttemptFailure.Timeout), (proxy.Ended[^1].Progress, proxy.Ended[^1].Failure));
    }

    [Fact]
    public async Task Connection_ClosedOnTheNextRequest_FailsNoIdempotentRequest()
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
    public async Task Connection_ClosedOnTheNextRequest_NeverRetriesAPost()
    {
        var received = 0;
        await using var backend = new ScriptedBackend(async connection =>
        {
            var hasAnswered = false;
            while (await connection.ReadHeadAsync() is not null)
            {
                // The first connection stays idle, which shows that others can be reused.
                Interlocked.Increment(ref received);
                if (connection.Number > 1 && hasAnswered)
                    return;
                await connection.SendAsync(Ok);
                hasAnswered = true;
            }
        });
        await using var proxy = await StartProxyAsync(backend.Url, new() { BufferedBody = [] });

        var (sent, response) = (0, "");
        while (!response.StartsWith("HTTP/1.1 502 ", StringComparison.Ordinal))
        {
            Assert.True(sent < 100, "no connection that the backend closed was used");
            Assert.True(sent == 0 || response.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), response);
            response = await proxy.SendAsync(Post);
            sent++;
        }

        Assert.Equal(sent, received);
        Assert.Equal(AttemptProgress.NoResponse, proxy.Ended[^1].Progress);
    }

    // The backend closes the connection at each reading of the clock between taking it and sending on it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Connection_ClosedBetweenTakeAndSend_FailsNoPostSinceNothingWasSent(int asked)
    {
        ScriptedConnection? kept = null;
        await using var backend = new ScriptedBackend(async connection =>
        {
            while (await connection.ReadHeadAsync() is not null)
            {
                if (connection.Number == 2)
                    kept = connection;
                await connection.SendAsync(Ok);
            }
        });
        var time = new AskedTime();
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url, new()
        {
            UsesEventLoops = false,
            BufferedBody = [],
            Configure = services => services.AddSingleton<TimeProvider>(time),
            OnRequest = _ => time.Begin(),
        });

        // The first connection stays open long enough to show that the second one can be reused.
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.SendAsync(Post));
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.SendAsync(Post));
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.SendAsync(Post));
        Assert.Equal(2, backend.Connections);

        time.OnAsked = number =>
        {
            if (number == asked)
                kept!.ResetAndArrive();
        };
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.SendAsync(Post));

        Assert.True(time.Asked >= asked);
        Assert.Equal(3, backend.Connections);
        Assert.Equal(4, proxy.Ended.Count);
    }

    /// <summary>A stopped clock that counts how often it was read since a request began.</summary>
    private sealed class AskedTime : TimeProvider
    {
        private long _now;

        public int Asked { get; private set; }

        public Action<int> OnAsked { get; set; } = _ => { };

        public void Begin() => Asked = 0;

        public void Pass(TimeSpan time) => _now += (long)(time.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp()
        {
            OnAsked(++Asked);
            return _now;
        }
    }
}
