using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace AspireLB.AppHost.Tests.Dashboard;

/// <summary>Tests that the dashboard shows the balancer's traces, metrics and structured logs.</summary>
[Collection(DashboardCollection.Name)]
public partial class TelemetryTests(DashboardRun run)
{
    private const int Limit = 120_000;
    private const string Balancer = "loadbalancer";

    [Fact(Timeout = Limit)]
    public async Task Trace_HasTheRequestAndItsAttempt()
    {
        await run.Page.OpenTraceAsync(await run.AskAsync(), spans: 2);

        await Expect(run.Page.Rows.Nth(0)).ToContainTextAsync("GET");
        await Expect(run.Page.Rows.Nth(1)).ToContainTextAsync("HTTP GET 200");
        await Expect(run.Page.Rows.Nth(1)).ToContainTextAsync("server-"); // the dashboard maps the address to its resource
        await run.Page.OpenDetailsAsync(run.Page.Rows.Nth(0));
        await Expect(run.Page.Detail("url.path")).ToHaveTextAsync("/");
        await Expect(run.Page.Warnings).ToHaveCountAsync(0);
    }

    [Fact(Timeout = Limit)]
    public async Task Trace_OfARequestThatFailedOver_HasTheRetry()
    {
        await run.Page.OpenTraceAsync(await run.AskWhileFaultyAsync("server-2"), spans: 3);

        await Expect(run.Page.Rows.Nth(1)).ToContainTextAsync("HTTP GET 503");
        await Expect(run.Page.Rows.Nth(1)).ToContainTextAsync("server-2");
        await Expect(run.Page.Rows.Nth(2)).ToContainTextAsync("HTTP GET 200");
        await Expect(run.Page.Rows.Nth(2)).ToContainTextAsync(AnotherServer());
        await run.Page.TakePictureAsync("trace");
        await run.Page.OpenDetailsAsync(run.Page.Rows.Nth(2));
        await Expect(run.Page.Detail("http.request.resend_count")).ToHaveTextAsync("1");
        await Expect(run.Page.Detail("aspirelb.backend")).ToHaveTextAsync(AnotherServer());
    }

    [Fact(Timeout = Limit)]
    public async Task Metrics_AreListed()
    {
        await run.AskWhileFaultyAsync("server-2"); // an instrument is listed once it has measured something, a retry included
        await run.Page.OpenMetricsAsync(Balancer, "AspireLB.LoadBalancer", "aspirelb.attempts");

        string[] instruments =
        [
            "aspirelb.attempt.duration", "aspirelb.attempts", "aspirelb.backend.in_flight", "aspirelb.backend.state", "aspirelb.cluster.available",
            "aspirelb.picks", "aspirelb.queue.length", "aspirelb.retries", "http.server.request.duration",
        ];
        foreach (var instrument in instruments)
            await Expect(run.Page.Instrument(instrument)).ToBeVisibleAsync();
        await Expect(run.Page.Warnings).ToHaveCountAsync(0);
    }

    [Fact(Timeout = Limit)]
    public async Task LogRecord_HasBackendAndClusterAsAttributes()
    {
        await run.Page.OpenLogsAsync(Balancer);

        await run.Page.OpenDetailsAsync(run.Page.Rows.Filter(new() { HasText = "Backend server-3 (" }).First);

        await Expect(run.Page.Detail("Backend")).ToHaveTextAsync("server-3");
        await Expect(run.Page.Detail("Cluster")).ToHaveTextAsync("backends");
        await Expect(run.Page.Detail("deployment.environment.name")).ToHaveTextAsync("development");
        await Expect(run.Page.Warnings).ToHaveCountAsync(0);
    }

    // Which of the others takes the retry depends on how many requests there were before.
    [GeneratedRegex("server-[13]")]
    private static partial Regex AnotherServer();
}
