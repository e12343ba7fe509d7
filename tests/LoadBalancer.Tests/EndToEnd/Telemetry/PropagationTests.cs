using System.Net;
using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Span.Types;
using static AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry.Protos.Status.Types;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>The trace context that the backend receives (W3C Trace Context, section 4.3), through both paths.</summary>
public abstract class PropagationTests(PropagationRun shared)
{
    private const string Unread = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more";

    private readonly TelemetryRun _run = shared.Run;

    [Fact]
    public async Task NoTraceparent_NotSampled_BackendReceivesANewUnrecordedTrace()
    {
        await _run.GetAsync("/fresh", Cancel);
        await _run.GetAsync("/fresh", Cancel);

        var told = _run.Backend.RequestsTo("/fresh").Select(fields => TraceContext.Parse(fields["traceparent"])).ToArray();
        Assert.Equal([false, false], told.Select(trace => trace.Sampled));
        Assert.NotEqual(told[0].TraceId, told[1].TraceId);
        Assert.NotEqual(told[0].SpanId, told[1].SpanId);
        await AssertNoSpanAsync(told[0].TraceId, told[1].TraceId);
    }

    [Fact]
    public async Task ClientDoesNotRecord_ItsOwnFieldsPassUntouched()
    {
        var client = TraceContext.Create(sampled: false);

        await _run.GetAsync("/untouched", Cancel, ("traceparent", client.Traceparent), ("tracestate", "vendor=value"), ("baggage", "user=7;of=shop"));

        Assert.Equal((client.Traceparent, "vendor=value", "user=7;of=shop"), Told("/untouched"));
        await AssertNoSpanAsync(client.TraceId);
    }

    [Fact]
    public async Task ClientRecords_BackendIsToldOfTheAttemptAndOfTheClientsState()
    {
        var client = TraceContext.Create();

        await _run.GetAsync(
            "/recorded?secret=1",
            Cancel,
            ("traceparent", client.Traceparent),
            ("tracestate", "vendor=value,other=1"),
            ("baggage", "user=7;of=shop"));

        var server = await _run.ServerSpanAsync("/recorded", Cancel);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.Equal(
            ("AspireLB.LoadBalancer", "GET", "{**rest}", "all"),
            (server.Source, server.Name, server.Tags["http.route"], server.Tags["aspirelb.route"]));
        Assert.DoesNotContain("secret", server.Tags.ToString(), StringComparison.Ordinal);
        _run.AssertServerTags(server, "/recorded", "200");
        var attempt = await _run.ForwardedSpanAsync("/recorded", Cancel);
        Assert.Equal(
            (server.SpanId, "shop", "one", "answered"),
            (attempt.ParentSpanId, attempt.Tags["aspirelb.cluster"], attempt.Tags["aspirelb.backend"], attempt.Tags["aspirelb.outcome"]));
        Assert.Equal(($"00-{client.TraceId}-{attempt.SpanId}-01", "vendor=value,other=1", "user=7;of=shop"), Told("/recorded"));
    }

    [Fact]
    public async Task MalformedTraceparent_IsLeftOutWithItsState()
    {
        await _run.GetAsync("/malformed", Cancel, ("traceparent", Unread), ("tracestate", "vendor=value"));
        await _run.GetAsync("/stray", Cancel, ("tracestate", "vendor=value"));

        foreach (var path in new[] { "/malformed", "/stray" })
        {
            var (parent, state, _) = Told(path);
            var told = TraceContext.Parse(parent!);
            Assert.NotEqual(Unread.Split('-')[1], told.TraceId);
            Assert.Equal((false, null), (told.Sampled, state));
        }
    }

    [Fact]
    public async Task LaterVersionOfTraceparent_IsContinued()
    {
        var client = TraceContext.Create();

        await _run.GetAsync("/later", Cancel, ("traceparent", $"cc{client.Traceparent[2..]}-what-the-future-brings"));

        var server = await _run.ServerSpanAsync("/later", Cancel);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.Equal($"00-{client.TraceId}-{(await _run.ForwardedSpanAsync("/later", Cancel)).SpanId}-01", Told("/later").Traceparent);
    }

    [Fact]
    public async Task UnknownMethod_IsOnTheSpanAsOther()
    {
        Assert.Equal(HttpStatusCode.OK, await _run.SendAsync("BREW", "/pot", Cancel, ("traceparent", TraceContext.Create().Traceparent)));

        var server = await _run.ServerSpanAsync("/pot", Cancel);
        var attempt = await _run.ForwardedSpanAsync("/pot", Cancel);
        Assert.All([server, attempt], span =>
            Assert.Equal(("HTTP", "_OTHER", "BREW"), (span.Name, span.Tags["http.request.method"], span.Tags["http.request.method_original"])));
    }

    [Theory]
    [InlineData(404, false)]
    [InlineData(429, false)]
    [InlineData(500, true)]
    public async Task ErrorOfTheBackend_IsOneOfTheTraceFrom500On(int status, bool isError)
    {
        var path = $"/status/{status}";
        Assert.Equal((HttpStatusCode)status, await _run.GetAsync(path, Cancel, ("traceparent", TraceContext.Create().Traceparent)));

        var (server, attempt) = (await _run.ServerSpanAsync(path, Cancel), await _run.ForwardedSpanAsync(path, Cancel));
        Assert.All([server, attempt], span =>
        {
            Assert.Equal($"{status}", span.Tags["http.response.status_code"]);
            Assert.Equal(
                isError ? ($"{status}", StatusCode.Error) : (null, StatusCode.Unset),
                (span.Tags["error.type"], span.Span.Status?.Code ?? StatusCode.Unset));
        });
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private (string? Traceparent, string? Tracestate, string? Baggage) Told(string path)
    {
        var fields = Assert.Single(_run.Backend.RequestsTo(path));
        return (fields.GetValueOrDefault("traceparent"), fields.GetValueOrDefault("tracestate"), fields.GetValueOrDefault("baggage"));
    }

    /// <summary>Spans are exported in the order in which they end, so a later request's span proves that there was none before.</summary>
    private async Task AssertNoSpanAsync(params string[] traces)
    {
        var later = TraceContext.Create();
        await _run.GetAsync($"/after/{later.SpanId}", Cancel, ("traceparent", later.Traceparent));
        await _run.Received.UntilAsync(
            r => r.Spans.SingleOrDefault(span => span.TraceId == later.TraceId && span.Kind == SpanKind.Server),
            "span of the later request",
            Cancel);
        Assert.DoesNotContain(_run.Received.Spans, span => traces.Contains(span.TraceId));
        Assert.All(_run.Received.Spans, span => Assert.Equal("AspireLB.LoadBalancer", span.Source));
    }
}

public sealed class OwnPathPropagationTests(OwnPathRun run) : PropagationTests(run), IClassFixture<OwnPathRun>;

public sealed class YarpPathPropagationTests(YarpPathRun run) : PropagationTests(run), IClassFixture<YarpPathRun>
{
    private readonly YarpPathRun _run = run;

    [Fact]
    public async Task Requests_OfTheCluster_AreSentByYarpsClient()
    {
        await _run.Run.GetAsync("/by/yarp", Cancel);

        await _run.Run.Received.UntilAsync(
            r => r.Points.FirstOrDefault(point => point.Name == "http.client.request.duration"),
            "metrics of System.Net.Http",
            Cancel);
    }
}
