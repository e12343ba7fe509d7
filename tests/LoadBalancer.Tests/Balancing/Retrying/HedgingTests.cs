using System.Collections.Concurrent;
using System.Diagnostics;
using AspireLB.LoadBalancer.Tests.EndToEnd;
using static AspireLB.LoadBalancer.Tests.Balancing.Retrying.Hedges;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>Two attempts at one request: which one wins, and how the other ends.</summary>
public class HedgingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_FirstTakesLong_SecondRespondsAndTheFirstIsClosedWithoutBlame()
    {
        await using var slow = new HeldBackend();
        await using var fast = new HeldBackend();
        fast.Respond("fast");
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), slow.Server, fast.Server);

        var response = proxy.SendAsync();
        await slow.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);

        Assert.EndsWith("\r\n\r\nfast", await response.WaitAsync(Cancelled));
        await slow.Closed.WaitAsync(Cancelled);
        await IdleAsync(proxy);
        Assert.Equal([0, 0], proxy.Backends.Select(backend => backend.Attempts.Failed));
        Assert.Equal([1, 1], proxy.Backends.Select(backend => backend.Attempts.Begun));
        Assert.Equal(["a overtaken", "b answered hedge"], await AttemptsAsync(proxy));
    }

    [Fact]
    public async Task Get_FirstRespondsWhileTheSecondRuns_FirstCounts()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);

        var response = proxy.SendAsync();
        await first.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);
        await second.RequestAsync(Cancelled);
        first.Respond("first");

        Assert.EndsWith("\r\n\r\nfirst", await response.WaitAsync(Cancelled));
        await second.Closed.WaitAsync(Cancelled);
        await IdleAsync(proxy);
        Assert.Equal(["b overtaken hedge", "a answered"], await AttemptsAsync(proxy));
    }

    [Fact]
    public async Task Get_BothRespondAtOnce_ClientGetsOneWholeResponse()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var first = new HeldBackend();
            await using var second = new HeldBackend();
            await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);
            var response = proxy.SendAsync();
            await first.RequestAsync(Cancelled);
            await DelayPassesAsync(proxy);
            await second.RequestAsync(Cancelled);

            Parallel.Invoke(() => first.Respond("one"), () => second.Respond("two"));

            Assert.Matches("^HTTP/1.1 200 OK\r\n(?s:.)*\r\n\r\n(one|two)$", await response.WaitAsync(Cancelled));
            await IdleAsync(proxy);
            Assert.Equal([0, 0], proxy.Backends.Select(backend => backend.Attempts.Failed));
        }
    }

    [Theory]
    [InlineData("")] // a reset
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Get_SecondFails_FirstStillCounts(string failure)
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        second.Send(failure);
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);

        var response = proxy.SendAsync();
        await first.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Backends[1].Attempts.Failed == 1, Cancelled);
        first.Respond("first");

        Assert.EndsWith("\r\n\r\nfirst", await response.WaitAsync(Cancelled));
        await IdleAsync(proxy);
        Assert.Equal([0, 1], proxy.Backends.Select(backend => backend.Attempts.Failed));
    }

    [Fact]
    public async Task Get_FirstFailsWhileTheSecondRuns_SecondCounts()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);

        var response = proxy.SendAsync();
        await first.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);
        await second.RequestAsync(Cancelled);
        first.Send("");
        await Eventually.TrueAsync(() => proxy.Backends[0].Attempts.Failed == 1, Cancelled);
        second.Respond("second");

        Assert.EndsWith("\r\n\r\nsecond", await response.WaitAsync(Cancelled));
        await IdleAsync(proxy);
        Assert.Equal(["a no_response", "b answered hedge"], await AttemptsAsync(proxy));
    }

    [Fact]
    public async Task Get_BothFail_IsRetriedAtTheThird()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var third = new HeldBackend();
        second.Send("");
        third.Respond("third");
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server, third.Server);

        var response = proxy.SendAsync();
        await first.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Backends[1].Attempts.Failed == 1 || proxy.Backends[2].Attempts.Begun == 1, Cancelled);
        first.Send("");

        Assert.EndsWith("\r\n\r\nthird", await response.WaitAsync(Cancelled));
        await IdleAsync(proxy);
    }

    [Fact]
    public async Task Get_ClientClosesWhileBothRun_BothAreClosedWithoutBlame()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);
        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: front.test\r\n\r\n");
            await first.RequestAsync(Cancelled);
            await DelayPassesAsync(proxy);
            await second.RequestAsync(Cancelled);
            client.Reset();
        }

        await Task.WhenAll(first.Closed, second.Closed).WaitAsync(Cancelled);
        await IdleAsync(proxy);
        Assert.Equal([0, 0], proxy.Backends.Select(backend => backend.Attempts.Failed));
    }

    [Fact]
    public async Task Spans_OfBothAttempts_AreSiblingsAndMarkTheHedge()
    {
        await using var slow = new HeldBackend();
        await using var fast = new HeldBackend();
        fast.Respond("fast");
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), slow.Server, fast.Server);
        var ports = proxy.Backends.Select(backend => (object)new Uri(backend.Address).Port).ToList();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "AspireLB.LoadBalancer" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (ports.Contains(span.GetTagItem("server.port")!))
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);

        var response = proxy.SendAsync();
        await slow.RequestAsync(Cancelled);
        await DelayPassesAsync(proxy);
        await response.WaitAsync(Cancelled);
        await Eventually.TrueAsync(() => spans.Count == 2, Cancelled);

        var first = spans.Single(span => ports[0].Equals(span.GetTagItem("server.port")));
        var second = spans.Single(span => ports[1].Equals(span.GetTagItem("server.port")));
        Assert.Equal(first.ParentSpanId, second.ParentSpanId);
        Assert.NotEqual(default, first.ParentSpanId);
        Assert.Equal(
            ("overtaken", null, ActivityStatusCode.Unset),
            (first.GetTagItem("aspirelb.outcome"), first.GetTagItem("aspirelb.hedge"), first.Status));
        Assert.Equal(
            ("answered", true, 1),
            (second.GetTagItem("aspirelb.outcome"), second.GetTagItem("aspirelb.hedge"), second.GetTagItem("http.request.resend_count")));
        Assert.Equal(("a", "b"), (first.GetTagItem("aspirelb.backend"), second.GetTagItem("aspirelb.backend")));
    }

    private static Task IdleAsync(RetryingProxy proxy) =>
        Eventually.TrueAsync(() => proxy.Backends.All(backend => backend.Attempts.InFlight == 0), Cancelled);

    private static async Task<IEnumerable<string>> AttemptsAsync(RetryingProxy proxy)
    {
        await Eventually.TrueAsync(() => proxy.Feed.After(0).Length > 0, Cancelled);
        return proxy.Feed.After(0).Single().Attempts.Select(attempt => $"{attempt.Backend} {attempt.Outcome}{(attempt.Hedge ? " hedge" : "")}");
    }
}
