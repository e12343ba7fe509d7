using static AspireLB.LoadBalancer.Tests.Balancing.Retrying.Hedges;

namespace AspireLB.LoadBalancer.Tests.Balancing.Retrying;

/// <summary>Which requests are hedged, and when.</summary>
public class HedgedRequestsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ResponseWithinTheDelay_GoesToOneBackendOnly()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        first.Respond("first");
        await using var proxy = await RetryingProxy.StartAsync(Hedged(), first.Server, second.Server);

        Assert.EndsWith("\r\n\r\nfirst", await proxy.SendAsync());
        proxy.Time.Advance(10 * Delay);

        Assert.Equal(0, second.Requests);
    }

    [Theory]
    [InlineData("POST", "Content-Length: 0\r\n", "", "")]
    [InlineData("POST", "Idempotency-Key: 7\r\nContent-Length: 0\r\n", "", "")]
    [InlineData("PUT", "Content-Length: 2\r\n", "hi", "")]
    [InlineData("GET", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "")] // a body that streams
    [InlineData("GET", "Connection: upgrade\r\nUpgrade: websocket\r\n", "", "")]
    [InlineData("GET", "", "", "\"BudgetPercent\": 0, \"BudgetMinPerSecond\": 0,")]
    [InlineData("GET", "", "", "\"MaxAttempts\": 1,")]
    public async Task Request_NotToBeHedged_GoesToOneBackendOnly(string method, string fields, string body, string options)
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var proxy = await RetryingProxy.StartAsync(Hedged(options), first.Server, second.Server);

        var response = proxy.SendAsync(method, fields, body);
        await first.RequestAsync(Cancelled);
        proxy.Time.Advance(10 * Delay);
        first.Respond("first");

        Assert.EndsWith("first", await response.WaitAsync(Cancelled));
        Assert.Equal(0, second.Requests);
        Assert.Equal(0, proxy.Backends[1].Attempts.Begun);
    }

    [Fact]
    public async Task Get_OtherBackendFull_GoesToOneOnlyAndDelaysNoOther()
    {
        await using var first = new HeldBackend();
        await using var second = new HeldBackend();
        await using var proxy = await RetryingProxy.StartAsync(
            Hedged() + """, "Limits": { "MaxInFlightPerBackend": 1 }""", first.Server, second.Server);

        var one = proxy.SendAsync();
        await first.RequestAsync(Cancelled);
        var two = proxy.SendAsync();
        await second.RequestAsync(Cancelled);
        await proxy.Time.TimerAsync(Delay, Cancelled);
        await DelayPassesAsync(proxy);

        // A race disposes its timer once it has looked for a free slot.
        await proxy.Time.TimerDisposedAsync(Delay, Cancelled);
        await proxy.Time.TimerDisposedAsync(Delay, Cancelled);
        first.Respond("first");
        second.Respond("second");

        Assert.EndsWith("first", await one.WaitAsync(Cancelled));
        Assert.EndsWith("second", await two.WaitAsync(Cancelled));
        Assert.Equal((1, 1), (first.Requests, second.Requests));
    }

    [Fact]
    public async Task Get_NoDelaySet_UsesThePercentileOnceThereAreEnoughResponses()
    {
        await using var slow = new HeldBackend();
        await using var fast = new HeldBackend();
        fast.Respond("fast");
        await using var proxy = await RetryingProxy.StartAsync(""" "Retry": { "Hedge": { "Enabled": true } } """, slow.Server, fast.Server);
        foreach (var milliseconds in Enumerable.Range(1, 100))
            proxy.Backends[1].Attempts.Latency.Record(TimeSpan.FromMilliseconds(milliseconds));

        var response = proxy.SendAsync();
        await slow.RequestAsync(Cancelled);
        var p95 = proxy.Backends[1].Attempts.Latency.QuantilesInMilliseconds(0.95)[0];
        await proxy.Time.TimerAsync(p95 / 1000, Cancelled);
        proxy.Time.Advance(p95 / 1000);

        Assert.EndsWith("fast", await response.WaitAsync(Cancelled));
        Assert.InRange(p95, 90, 100);
    }
}
