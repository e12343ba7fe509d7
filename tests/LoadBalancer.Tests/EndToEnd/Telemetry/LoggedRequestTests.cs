using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>When ASP.NET Core logs each request, its own span becomes the span of the request.</summary>
public class LoggedRequestTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Microsoft.AspNetCore")]
    public async Task Logs_OfARequest_CarryItsTrace(string category)
    {
        await using var run = await TelemetryRun.StartAsync(
            collector =>
            [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint),
                ($"Logging__LogLevel__{category}", "Information"),
            ],
            Cancel);
        var client = TraceContext.Create();

        Assert.Equal(HttpStatusCode.InternalServerError, await run.GetAsync("/status/500", Cancel, ("traceparent", client.Traceparent)));

        var log = await run.Received.UntilAsync(
            r => r.Logs.FirstOrDefault(l =>
                l.Category == "Microsoft.AspNetCore.Hosting.Diagnostics"
                && l.Body.StartsWith("Request finished")
                && l.Body.Contains("/status/500")),
            "log of the request", Cancel);
        var server = await run.ServerSpanAsync("/status/500", Cancel);
        Assert.Equal("Microsoft.AspNetCore", server.Source);
        Assert.Equal((server.TraceId, server.SpanId), (log.TraceId, log.SpanId));
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.Equal("Information", log.Record.SeverityText);
        Assert.Equal("500", server.Tags["error.type"]);
        run.AssertServerTags(server, "/status/500", "500");
        await run.AssertDescendsAsync(await run.ForwardedSpanAsync("/status/500", Cancel), server, Cancel);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
