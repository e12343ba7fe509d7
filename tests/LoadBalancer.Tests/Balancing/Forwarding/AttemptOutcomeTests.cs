using System.Net;
using System.Net.Sockets;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using Yarp.ReverseProxy.Transforms;

namespace AspireLB.LoadBalancer.Tests.Balancing.Forwarding;

/// <summary>The result for each way in which an attempt can end.</summary>
public class AttemptOutcomeTests : ForwardingTests
{
    /// <summary>An attempt's limit includes connecting, which takes a while on a busy machine.</summary>
    private static readonly TimeSpan LongerThanConnecting = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Attempt_PortIsClosed_NeverConnected()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = await StartProxyAsync($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}");

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.NeverConnected, AttemptFailure.Connection);
    }

    [Fact]
    public async Task Attempt_NameDoesNotExist_NeverConnected()
    {
        await using var proxy = await StartProxyAsync("http://does-not-exist.invalid");

        Assert.Matches("^HTTP/1.1 50[24] ", await proxy.GetAsync());
        Assert.Equal(AttemptProgress.NeverConnected, Assert.Single(proxy.Ended).Progress);
    }

    [Fact]
    public async Task Attempt_ClosedWithoutAByte_NoResponse()
    {
        await using var backend = new ScriptedBackend(connection => connection.ReadHeadAsync());
        await using var proxy = await StartProxyAsync(backend.Url);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Connection);
    }

    [Fact]
    public async Task Attempt_ResetAfterTheRequest_NoResponse()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            connection.Reset();
        });
        await using var proxy = await StartProxyAsync(backend.Url);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Connection);
    }

    [Fact]
    public async Task Attempt_ClosedWithinTheHead_BrokenOff()
    {
        await using var backend = ScriptedBackend.AnsweringOnce("HTTP/1.1 200 OK\r\nContent-");
        await using var proxy = await StartProxyAsync(backend.Url);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.Connection);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    public async Task Attempt_NotHttp_InvalidResponse(string response)
    {
        await using var backend = ScriptedBackend.Answering(response);
        await using var proxy = await StartProxyAsync(backend.Url);

        Assert.StartsWith("HTTP/1.1 502 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n0\r\n")]
    public async Task Attempt_ClosedWithinTheBody_AbortsTheClient(string response)
    {
        await using var backend = ScriptedBackend.AnsweringOnce(response);
        await using var proxy = await StartProxyAsync(backend.Url);

        var received = await proxy.GetAsync();

        Assert.DoesNotContain("\r\n0\r\n\r\n", received);
        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.Connection, 200);
    }

    [Fact]
    public async Task Attempt_BrokenChunk_InvalidResponse()
    {
        await using var backend = ScriptedBackend.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n");
        await using var proxy = await StartProxyAsync(backend.Url);

        await proxy.GetAsync();

        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse, 200);
    }

    [Fact]
    public async Task Attempt_BrokenChunkRightAfterAGoodOne_AbortsTheClient()
    {
        await using var backend = ScriptedBackend.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nnope\r\n");
        await using var proxy = await ForwardingProxy.StartAsync(backend.Url);

        var received = await proxy.GetAsync();

        Assert.DoesNotContain("502", received);
        Assert.DoesNotContain("\r\n0\r\n\r\n", received);
        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.InvalidResponse, 200);
    }

    [Fact]
    public async Task Attempt_NoHeadInTime_TimesOut()
    {
        await using var backend = new ScriptedBackend(connection => connection.StallAsync());
        await using var proxy = await StartProxyAsync(backend.Url, new() { Timeouts = new() { ResponseHead = TimeSpan.FromMilliseconds(100) } });

        Assert.StartsWith("HTTP/1.1 504 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Timeout);
    }

    [Fact]
    public async Task Attempt_OwnTimeLimit_TimesOut()
    {
        await using var backend = new ScriptedBackend(connection => connection.StallAsync());
        await using var proxy = await StartProxyAsync(backend.Url, new() { AttemptTimeout = LongerThanConnecting });

        Assert.StartsWith("HTTP/1.1 504 ", await proxy.GetAsync());
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Timeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_ClientSilentForLongerThanTheAttemptMayTake_IsTheClientsFailure(bool throughYarp)
    {
        await using var backend = new ScriptedBackend(connection => connection.StallAsync());
        await using var proxy = await StartProxyAsync(backend.Url, Streaming(throughYarp));

        Assert.StartsWith(
            "HTTP/1.1 408 ", await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 100\r\n\r\nabc"));
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Client);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_OwnTimeLimitAfterAStreamedBody_TimesOut(bool throughYarp)
    {
        await using var backend = new ScriptedBackend(connection => connection.StallAsync());
        await using var proxy = await StartProxyAsync(backend.Url, Streaming(throughYarp) with { Timeouts = new() });

        Assert.StartsWith("HTTP/1.1 504 ", await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"));
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Timeout);
    }

    [Fact]
    public async Task Attempt_BodyStalls_TimesOut()
    {
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
            await connection.StallAsync();
        });
        await using var proxy = await StartProxyAsync(backend.Url, new() { Timeouts = new() { Idle = TimeSpan.FromMilliseconds(100) } });

        await proxy.GetAsync();

        await AssertEndedAsync(proxy, AttemptProgress.BrokenOff, AttemptFailure.Timeout, 200);
    }

    [Fact]
    public async Task Attempt_ClientClosesWhileWaiting_ClosesTheBackendsConnection()
    {
        var arrived = new TaskCompletionSource();
        var closed = new TaskCompletionSource();
        await using var backend = new ScriptedBackend(async connection =>
        {
            await connection.ReadHeadAsync();
            arrived.SetResult();
            await connection.WaitForCloseAsync();
            closed.SetResult();
        });
        await using var proxy = await StartProxyAsync(backend.Url);
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: f\r\n\r\n");
            await arrived.Task;
            client.Reset();
        }

        await closed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Client);
    }

    [Fact]
    public async Task Attempt_ClientsBodyIsBroken_IsTheClientsFailure()
    {
        await using var backend = new ScriptedBackend(connection => connection.WaitForCloseAsync());
        await using var proxy = await StartProxyAsync(backend.Url);

        var response = await proxy.SendAsync("POST / HTTP/1.1\r\nHost: f\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nnope\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", response);
        await AssertEndedAsync(proxy, AttemptProgress.NoResponse, AttemptFailure.Client);
    }

    [Fact]
    public async Task DecideRetry_HeadReceivedAndYes_LeavesTheClientUntouched()
    {
        await using var backend = ScriptedBackend.Answering("HTTP/1.1 503 Service Unavailable\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbusy");
        await using var proxy = await StartProxyAsync(backend.Url, new() { Retries = _ => true });

        // Nothing retries here, so the client gets the untouched response.
        var response = await proxy.GetAsync();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response);
        Assert.DoesNotContain("X-A", response);
        Assert.EndsWith("\r\n\r\n", response);
        Assert.Equal([new AttemptResult(AttemptProgress.HeadReceived, AttemptFailure.None, 503)], proxy.Asked);
        await AssertEndedAsync(proxy, AttemptProgress.HeadReceived, AttemptFailure.None, 503);
    }

    [Fact]
    public async Task DecideRetry_DroppedResponseIsComplete_KeepsTheConnection()
    {
        await using var backend = ScriptedBackend.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
        await using var proxy = await StartProxyAsync(backend.Url, new() { Retries = _ => true });

        await proxy.GetAsync();
        await proxy.GetAsync();

        Assert.Equal(1, backend.Connections);
    }

    /// <summary>An attempt may take a third of the time for which a client may be silent.</summary>
    private static ForwardingProxy.Setup Streaming(bool throughYarp)
    {
        var idle = LongerThanConnecting * 3;
        return new()
        {
            AttemptTimeout = LongerThanConnecting,
            Timeouts = new TimeoutOptions { Idle = idle, ResponseHead = idle },
            Route = route => throughYarp ? route.WithTransformRequestHeader("X-Added", "1") : route,
        };
    }

    private static async Task AssertEndedAsync(ForwardingProxy proxy, AttemptProgress progress, AttemptFailure failure, int status = 0)
    {
        // The client can get its response a moment before the attempt ends.
        await Eventually.TrueAsync(() => proxy.Ended.Count > 0, TestContext.Current.CancellationToken);
        Assert.Equal([new AttemptResult(progress, failure, status)], proxy.Ended);
    }
}
