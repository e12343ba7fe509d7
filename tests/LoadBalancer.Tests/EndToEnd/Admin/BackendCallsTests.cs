using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class BackendCallsTests : IAsyncLifetime
{
    private AdminRun _run = null!;
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _run = await AdminRun.StartAsync();
        (_servers, _balancer) = (_run.Servers, _run.Balancer);
    }

    [Fact]
    public async Task AddAndRemove_ABackend_TakesAndLosesTraffic()
    {
        var added = await _balancer.CallAsync(
            "POST",
            "/api/backends/backends",
            new { name = "server-3", address = _servers.Urls.Last(), weight = 2 });

        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal(("server-3", 2), ((string?)added.Body!["name"], (int)added.Body["weight"]!));
        await Eventually.TrueAsync(async () => await _balancer.Client.GetStringAsync("/", Cancel) == "server-3", Cancel);

        Assert.Equal(HttpStatusCode.NoContent, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-3")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-3")).Status);
        Assert.DoesNotContain("server-3", await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _balancer.Client.GetStringAsync("/", Cancel))));
    }

    [Fact]
    public async Task Remove_AConfiguredBackend_StaysOutUntilAddedAndGoesAgain()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-2")).Status);
        Assert.Equal(["server-1"], await NamesAsync());

        Assert.Equal(
            HttpStatusCode.Created,
            (await _balancer.CallAsync("POST", "/api/backends/backends", new { name = "server-2", address = _servers.Urls.ElementAt(1) })).Status);
        Assert.Equal(["server-1", "server-2"], await NamesAsync());

        Assert.Equal(HttpStatusCode.NoContent, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-2")).Status);
        Assert.Equal(["server-1"], await NamesAsync());
    }

    [Fact]
    public async Task PatchMany_Wildcard_ChangesAll()
    {
        var answer = await _balancer.CallAsync(
            "PATCH",
            "/api/backends",
            new { select = new[] { new { cluster = "*", name = "server-*" } }, state = "disabled", weight = 7 });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.NotEmpty(answer.Body!.AsArray());
        Assert.All(answer.Body!.AsArray(), backend => Assert.Equal(("disabled", 7), ((string?)backend!["state"], (int)backend["weight"]!)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _balancer.Client.GetAsync("/", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Change_ManyAtOnceOnTheSameETag_OneWins()
    {
        var etag = (await _balancer.CallAsync("GET", "/api/backends/backends/server-1")).ETag!;

        var answers = await Task.WhenAll(
            Enumerable.Range(1, 8).Select(
                weight => _balancer.CallAsync("PATCH", "/api/backends/backends/server-1", new { weight }, ("If-Match", etag))));

        var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
        Assert.Equal((int)winner.Body!["weight"]!, (int)(await _balancer.BackendAsync("server-1", Cancel))["weight"]!);
        Assert.NotEqual(etag, winner.ETag);
    }

    [Fact]
    public async Task Change_IsInHistoryAndAuditLogWithWhoMadeIt()
    {
        await _balancer.CallAsync("POST", "/api/backends/backends/server-1/drain", null, ("From", "ann@example.com"));

        var latest = (await _balancer.CallAsync("GET", "/api/history")).Body![0]!;
        Assert.Equal("ann@example.com (127.0.0.1)", (string?)latest["who"]);
        Assert.Equal("~ backends/server-1: Active -> Draining", (string?)latest["changes"]![0]);
        await _balancer.Process.LineAsync(
            line => line.Contains("by ann@example.com (127.0.0.1): change backends/server-1: ~ backends/server-1: Active -> Draining"),
            Cancel);
    }

    [Fact]
    public async Task Change_FromTheOwnOrigin_IsAccepted() =>
        Assert.Equal(
            HttpStatusCode.OK,
            (await _balancer.CallAsync(
                "POST",
                "/api/backends/backends/server-1/drain",
                null,
                ("Origin", _balancer.Admin.BaseAddress!.GetLeftPart(UriPartial.Authority)),
                ("Sec-Fetch-Site", "same-origin"))).Status);

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private async Task<string[]> NamesAsync() =>
        [.. (await _balancer.CallAsync("GET", "/api/backends")).Body!.AsArray().Select(backend => (string)backend!["name"]!)];
}
