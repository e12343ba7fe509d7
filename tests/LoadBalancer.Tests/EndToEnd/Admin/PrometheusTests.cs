using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Observing;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class PrometheusTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterTraffic_HoldEveryInstrumentThatHasSomethingToSay()
    {
        await using var servers = await EchoServers.StartAsync(2, Cancel);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancel);
        await balancer.Admin.GetStringAsync("/metrics", Cancel);
        for (var i = 0; i < 10; i++)
            await balancer.Client.GetStringAsync("/", Cancel);

        var metrics = await balancer.Admin.GetStringAsync("/metrics", Cancel);

        // Nothing was queued, retried, hedged or reloaded, and the access log is off.
        var silent = new[] { Instruments.QueueWait, Instruments.Retries, Instruments.Hedges, Instruments.Reloads, Instruments.AccessLogDropped };
        Assert.All(Instruments.All.Except(silent), instrument => Assert.Contains($"# TYPE {instrument.PrometheusName} ", metrics));
        Assert.Contains(
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"200\","
            + "http_route=\"/{**path}\",network_protocol_version=\"1.1\",url_scheme=\"http\"} 10",
            metrics);
        Assert.DoesNotContain("/metrics", metrics);
    }

    [Fact]
    public async Task Metrics_ThousandBackends_EachHasASeriesForEachState()
    {
        var backends = Enumerable.Range(1, 1000).Select(number => $"http://127.0.{number / 250}.{number % 250}:9").ToArray();
        await using var balancer = await LoadBalancerProcess.StartAsync(backends, Cancel, "--LoadBalancer:Health:Active:Enabled", "false");

        var metrics = await balancer.Admin.GetStringAsync("/metrics", Cancel);

        var states = metrics.Split('\n').Count(line => line.StartsWith(Instruments.BackendState.PrometheusName + "{", StringComparison.Ordinal));
        Assert.Equal(backends.Length * Enum.GetValues<BackendState>().Length, states);
        Assert.DoesNotContain("overflow", metrics);
    }

    [Fact]
    public async Task Metrics_CheckedByPromtool_AreClean()
    {
        Require("promtool");
        await using var servers = await EchoServers.StartAsync(1, Cancel);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancel);
        await balancer.Admin.GetStringAsync("/metrics", Cancel);
        await balancer.Client.GetStringAsync("/", Cancel);

        using var promtool = Process.Start(new ProcessStartInfo(
            "promtool",
            ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync((await balancer.Admin.GetStringAsync("/metrics", Cancel)).AsMemory(), Cancel);
        promtool.StandardInput.Close();

        Assert.Equal("", await promtool.StandardError.ReadToEndAsync(Cancel));
        await promtool.WaitForExitAsync(Cancel);
        Assert.Equal(0, promtool.ExitCode);
    }

    [Fact]
    public async Task Alerts_CheckedByPromtool_AreClean()
    {
        Require("promtool");
        await using var promtool = ChildProcess.Start("promtool", ["check", "rules", Repository.File("deploy/observability/alerts.yaml")]);

        Assert.Equal(0, await promtool.ExitCodeAsync(Cancel));
    }

    [Fact]
    public async Task Prometheus_ScrapingWhileHeySends_AgreesToTheRequest()
    {
        Require("prometheus");
        Require("hey");
        await using var servers = await EchoServers.StartAsync(3, Cancel);
        await using var balancer = await LoadBalancerProcess.StartAsync(servers.Urls, Cancel);
        var directory = Directory.CreateTempSubdirectory("aspirelb-prometheus");
        try
        {
            await using var prometheus = StartPrometheus(directory.FullName, balancer.Admin.BaseAddress!);
            using var client = new HttpClient { BaseAddress = await UrlOfAsync(prometheus) };
            await Eventually.TrueAsync(async () => (await client.GetAsync("/-/ready", Cancel)).IsSuccessStatusCode, Cancel);
            await Eventually.TrueAsync(async () => await ValueAsync(client, "sum(aspirelb_picks_total)") == 0, Cancel);

            await using var hey = ChildProcess.Start("hey", ["-n", "1500", "-c", "3", balancer.Url.ToString()]);
            Assert.Equal(0, await hey.ExitCodeAsync(Cancel));
            Assert.Contains("[200]\t1500 responses", hey.Output);

            await Eventually.TrueAsync(async () => await ValueAsync(client, "sum(aspirelb_picks_total)") == 1500, Cancel);
            Assert.Equal(1500, await ValueAsync(client, """sum(aspirelb_attempts_total{aspirelb_outcome="answered"})"""));
            Assert.Equal(1500, await ValueAsync(client, """sum(http_server_request_duration_seconds_count{http_response_status_code="200"})"""));
            Assert.Equal(1500, await ValueAsync(client, "sum(http_server_request_duration_seconds_count)"));
            Assert.Equal(3, await ValueAsync(client, "count(aspirelb_picks_total == 500)"));
            Assert.Equal(3, await ValueAsync(client, """sum(aspirelb_backend_state{aspirelb_state="healthy"})"""));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static ChildProcess StartPrometheus(string directory, Uri target)
    {
        var configuration = Path.Combine(directory, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 1s }
            rule_files: [ "{{Repository.File("deploy/observability/alerts.yaml")}}" ]
            scrape_configs: [ { job_name: aspirelb, static_configs: [ { targets: [ "{{target.Authority}}" ] } ] } ]
            """);
        return ChildProcess.Start(
            "prometheus",
            ["--config.file", configuration, "--storage.tsdb.path", Path.Combine(directory, "data"), "--web.listen-address", "127.0.0.1:0"]);
    }

    private static async Task<Uri> UrlOfAsync(ChildProcess prometheus)
    {
        var line = await prometheus.LineAsync(
            text => text.Contains("Listening on", StringComparison.Ordinal) && text.Contains("address=127", StringComparison.Ordinal),
            Cancel);
        return new("http://" + line[(line.IndexOf("address=", StringComparison.Ordinal) + "address=".Length)..].Split(' ')[0]);
    }

    /// <summary>The value of a query with one result; null while there is none, for example while Prometheus starts.</summary>
    private static async Task<double?> ValueAsync(HttpClient client, string query)
    {
        using var response = await client.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query), Cancel);
        if (!response.IsSuccessStatusCode)
            return null;
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>(Cancel);
        var result = answer!["data"]!["result"]!.AsArray();
        return result.Count == 0 ? null : double.Parse((string)result[0]!["value"]![1]!, CultureInfo.InvariantCulture);
    }

    private static void Require(string tool)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(
            directory => File.Exists(Path.Combine(directory, tool)));
        Assert.SkipUnless(found, $"{tool} is not installed");
    }
}
