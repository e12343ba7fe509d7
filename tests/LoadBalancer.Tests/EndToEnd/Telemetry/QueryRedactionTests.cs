using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Telemetry;

/// <summary>A query may contain a secret: it reaches the backend but no collector.</summary>
public class QueryRedactionTests
{
    private const string Path = "/status/200";
    private const string Secret = "s3cret";

    [Theory]
    [InlineData("Microsoft.AspNetCore", "Warning")]
    [InlineData("Microsoft.AspNetCore", "Information")] // with the span of ASP.NET Core
    public async Task Spans_OfARequestWithAQuery_DoNotHoldIt(string category, string level)
    {
        await using var run = await StartAsync(($"Logging__LogLevel__{category}", level));

        Assert.Equal(HttpStatusCode.OK, await run.GetAsync($"{Path}?token={Secret}", Cancel));

        var attempt = await run.ForwardedSpanAsync(Path, Cancel);
        Assert.Equal($"{run.Backend.Address}{Path}?*", attempt.Tags["url.full"]);
        Assert.DoesNotContain(Secret, attempt.Span.ToString());
        Assert.DoesNotContain(Secret, (await run.ServerSpanAsync(Path, Cancel)).Span.ToString());
    }

    [Fact]
    public async Task Spans_RedactionIsOff_HoldTheQueryOfTheAttempt()
    {
        await using var run = await StartAsync(("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true"));

        Assert.Equal(HttpStatusCode.OK, await run.GetAsync($"{Path}?token={Secret}", Cancel));

        Assert.Equal($"{run.Backend.Address}{Path}?token={Secret}", (await run.ForwardedSpanAsync(Path, Cancel)).Tags["url.full"]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<TelemetryRun> StartAsync((string Name, string Value) variable) =>
        TelemetryRun.StartAsync(collector => [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.GrpcEndpoint), variable], Cancel);
}
