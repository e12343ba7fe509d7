using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

public sealed class BackendCallsTests : IAsyncLifetime
{
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(3, Cancel);
        var backends = _servers.Urls.Take(2).Select((url, i) => new[] { $"--Backends:{i}:Name", $"server-{i + 1}", $"--Backends:{i}:Address", url }).SelectMany(pair => pair);
        _balancer = await LoadBalancerProcess.StartAsync(backends, environment: null, Cancel);
    }

    [Fact]
    public async Task AddAndRemove_ABackend_TakesAndLosesTraffic()
    {
        var added = await _balancer.CallAsync("POST", "/api/backends/backends", new { name = "server-3", address = _servers.Urls.Last(), weight = 2 });

        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal(("server-3", 2), ((string?)added.Body!["name"], (int)added.Body["weight"]!));
        await Eventually.TrueAsync(async () => await _balancer.Client.GetStringAsync("/", Cancel) == "server-3", Cancel);

        Assert.Equal(HttpStatusCode.NoContent, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-3")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-3")).Status);
        Assert.DoesNotContain("server-3", await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _balancer.Client.GetStringAsync("/", Cancel))));
    }

    [Fact]
    public async Task Remove_AConfiguredBackend_StaysOutUntilAdded()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await _balancer.CallAsync("DELETE", "/api/backends/backends/server-2")).Status);
        Assert.Equal(["server-1"], await NamesAsync());

        Assert.Equal(HttpStatusCode.Created, (await _balancer.CallAsync("POST", "/api/backends/backends", new { name = "server-2", address = _servers.Urls.ElementAt(1) })).Status);
        Assert.Equal(["server-1", "server-2"], await NamesAsync());
    }

    [Theory]
    [InlineData("POST", "/api/backends/none", """{"address":"http://127.0.0.1:1"}""", HttpStatusCode.NotFound, "There is no cluster 'none'.")]
    [InlineData("POST", "/api/backends/backends", """{"address":"ftp://127.0.0.1:1"}""", HttpStatusCode.BadRequest, "address: 'ftp://127.0.0.1:1' is not allowed")]
    [InlineData("POST", "/api/backends/backends", """{"address":"http://127.0.0.1:1","name":"server-1"}""", HttpStatusCode.Conflict, "already")]
    [InlineData("POST", "/api/backends/backends", """{"address":"http://127.0.0.1:1","name":"no/slash"}""", HttpStatusCode.BadRequest, "name:")]
    [InlineData("POST", "/api/backends/backends", """{"address":"http://127.0.0.1:1","weight":0}""", HttpStatusCode.BadRequest, "allowed: 1 to 1000")]
    [InlineData("POST", "/api/backends/backends", """{"adress":"http://127.0.0.1:1"}""", HttpStatusCode.BadRequest, "$.adress")]
    [InlineData("PATCH", "/api/backends/backends/server-1", """{"state":"asleep"}""", HttpStatusCode.BadRequest, "$.state")]
    [InlineData("PATCH", "/api/backends/backends/server-9", """{"state":"draining"}""", HttpStatusCode.NotFound, "server-9")]
    [InlineData("PATCH", "/api/backends/backends/server-1", """{""", HttpStatusCode.BadRequest, "body")]
    [InlineData("PATCH", "/api/backends", """{"select":[],"state":"draining"}""", HttpStatusCode.BadRequest, "select")]
    [InlineData("PUT", "/api/backends", "{}", HttpStatusCode.MethodNotAllowed, "Method Not Allowed")]
    [InlineData("GET", "/api/nothing", null, HttpStatusCode.NotFound, "Not Found")]
    [InlineData("GET", "/api/clusters/none", null, HttpStatusCode.NotFound, "none")]
    [InlineData("GET", "/api/routes/none", null, HttpStatusCode.NotFound, "none")]
    public async Task Call_ThatCannotBeDone_SaysWhyAndChangesNothing(string method, string path, string? body, HttpStatusCode status, string says)
    {
        var before = (await _balancer.CallAsync("GET", "/api/backends")).ETag;

        var answer = await _balancer.CallAsync(method, path, body is null ? null : new StringContent(body, System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")));

        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Title);
        Assert.Equal(before, (await _balancer.CallAsync("GET", "/api/backends")).ETag);
    }

    [Fact]
    public async Task PatchMany_OneSelectorFitsNothing_ChangesNone()
    {
        var answer = await _balancer.CallAsync("PATCH", "/api/backends", new { select = new[] { new { cluster = "backends", name = "server-1" }, new { cluster = "*", name = "other-*" } }, state = "draining" });

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("healthy", (string?)(await _balancer.BackendAsync("server-1", Cancel))["state"]);
    }

    [Fact]
    public async Task PatchMany_Wildcard_ChangesAll()
    {
        var answer = await _balancer.CallAsync("PATCH", "/api/backends", new { select = new[] { new { cluster = "*", name = "server-*" } }, state = "disabled", weight = 7 });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.All(answer.Body!.AsArray(), backend => Assert.Equal(("disabled", 7), ((string?)backend!["state"], (int)backend["weight"]!)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _balancer.Client.GetAsync("/", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Change_ManyAtOnceOnTheSameETag_OneWins()
    {
        var etag = (await _balancer.CallAsync("GET", "/api/backends/backends/server-1")).ETag!;

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(weight => _balancer.CallAsync("PATCH", "/api/backends/backends/server-1", new { weight }, ("If-Match", etag))));

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
        await _balancer.Process.LineAsync(line => line.Contains("by ann@example.com (127.0.0.1): change backends/server-1: ~ backends/server-1: Active -> Draining"), Cancel);
    }

    [Fact]
    public async Task ClustersAndRoutes_ShowWhatIsThere()
    {
        var cluster = (await _balancer.CallAsync("GET", "/api/clusters/backends")).Body!;
        var routes = (await _balancer.CallAsync("GET", "/api/routes")).Body!.AsArray();

        Assert.Equal(("RoundRobin", 2, 2), ((string?)cluster["policy"], (int)cluster["backends"]!, (int)cluster["available"]!));
        Assert.Equal("/{**path}", (string?)Assert.Single(routes)!["match"]!["path"]);
        Assert.Single((await _balancer.CallAsync("GET", "/api/clusters")).Body!.AsArray());
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "evil.example")]
    public async Task Change_FromAPageOfAnotherOrigin_IsRefused(string header, string value)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await _balancer.CallAsync("POST", "/api/backends/backends/server-1/drain", null, (header, value))).Status);
        Assert.Equal("healthy", (string?)(await _balancer.BackendAsync("server-1", Cancel))["state"]);
    }

    [Fact]
    public async Task Change_FromTheOwnOrigin_IsAccepted() =>
        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("POST", "/api/backends/backends/server-1/drain", null, ("Origin", _balancer.Admin.BaseAddress!.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin"))).Status);

    [Fact]
    public async Task Change_AsAFormWouldSendIt_IsRefused() =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _balancer.CallAsync("PATCH", "/api/backends/backends/server-1", new StringContent("""{"weight":3}"""))).Status);

    [Fact]
    public async Task OpenApi_ListsEveryCall()
    {
        var paths = (await _balancer.Admin.GetFromJsonAsync<JsonNode>("/openapi/v1.json", Cancel))!["paths"]!.AsObject();

        Assert.Superset(
            new HashSet<string> { "/api/backends", "/api/backends/{cluster}", "/api/backends/{cluster}/{name}", "/api/clusters", "/api/routes", "/api/config", "/api/config/validate", "/api/config/confirm", "/api/history" },
            paths.Select(path => path.Key).ToHashSet());
        Assert.NotNull(paths["/api/backends/{cluster}/{name}"]!["patch"]!["summary"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private async Task<string[]> NamesAsync() => [.. (await _balancer.CallAsync("GET", "/api/backends")).Body!.AsArray().Select(backend => (string)backend!["name"]!)];
}
