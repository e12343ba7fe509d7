using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

/// <summary>Rejected calls change nothing.</summary>
[Collection(AdminCollection.Name)]
public sealed class RefusedCallsTests(AdminRun run) : IClassFixture<AdminRun>
{
    private readonly LoadBalancerProcess _balancer = run.Balancer;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/api/backends/none", """{"address":"http://127.0.0.1:1"}""", HttpStatusCode.NotFound, "There is no cluster 'none'.")]
    [InlineData(
        "POST",
        "/api/backends/backends",
        """{"address":"ftp://127.0.0.1:1"}""",
        HttpStatusCode.BadRequest,
        "address: 'ftp://127.0.0.1:1' is not allowed")]
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

        var answer = await _balancer.CallAsync(
            method,
            path,
            body is null ? null : new StringContent(body, System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")));

        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Title);
        Assert.Equal(before, (await _balancer.CallAsync("GET", "/api/backends")).ETag);
    }

    [Theory]
    [InlineData("PATCH", "/api/backends/backends/server-1", """{"weight":3}""")]
    [InlineData("PATCH", "/api/backends", """{"select":[{"cluster":"*","name":"*"}],"weight":3}""")]
    [InlineData("POST", "/api/backends/backends/server-1/drain", null)]
    [InlineData("POST", "/api/backends/backends/server-1/enable", null)]
    [InlineData("POST", "/api/backends/backends", """{"address":"http://127.0.0.1:1"}""")]
    [InlineData("DELETE", "/api/backends/backends/server-1", null)]
    [InlineData("PUT", "/api/config", """{"Backends":"http://127.0.0.1:1"}""")]
    [InlineData("DELETE", "/api/config", null)]
    [InlineData("POST", "/api/config/confirm", null)]
    [InlineData("POST", "/api/config/rollback", null)]
    public async Task Change_OnAStateThatIsNoMore_IsRefused(string method, string path, string? body)
    {
        var before = (await _balancer.CallAsync("GET", "/api/backends")).ETag;

        var answer = await _balancer.CallAsync(method, path, body is null ? null : JsonNode.Parse(body), ("If-Match", "\"once\""));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal(before, (await _balancer.CallAsync("GET", "/api/backends")).ETag);
    }

    [Fact]
    public async Task Change_BodyTooLarge_IsRefused() =>
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await _balancer.CallAsync("POST", "/api/config/validate", new { Backends = new string('x', 1024 * 1024) })).Status);

    [Fact]
    public async Task PatchMany_OneSelectorFitsNothing_ChangesNone()
    {
        var answer = await _balancer.CallAsync(
            "PATCH",
            "/api/backends",
            new { select = new[] { new { cluster = "backends", name = "server-1" }, new { cluster = "*", name = "other-*" } }, state = "draining" });

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("healthy", (string?)(await _balancer.BackendAsync("server-1", Cancel))["state"]);
    }

    [Fact]
    public async Task ClustersAndRoutes_ShowWhatIsThere()
    {
        var cluster = (await _balancer.CallAsync("GET", "/api/clusters/backends")).Body!;
        var routes = (await _balancer.CallAsync("GET", "/api/routes")).Body!.AsArray();

        Assert.Equal(("RoundRobin", 2, 2), ((string?)cluster["policy"], (int)cluster["backends"]!, (int)cluster["available"]!));
        Assert.Equal("/{**path}", (string?)Assert.Single(routes)!["match"]!["path"]);
        Assert.Single((await _balancer.CallAsync("GET", "/api/clusters")).Body!.AsArray());
        Assert.Equal("/{**path}", (string?)(await _balancer.CallAsync("GET", "/api/routes/BACKENDS")).Body!["match"]!["path"]);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "evil.example")]
    public async Task Change_FromAPageOfAnotherOrigin_IsRefused(string header, string value)
    {
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await _balancer.CallAsync("POST", "/api/backends/backends/server-1/drain", null, (header, value))).Status);
        Assert.Equal("healthy", (string?)(await _balancer.BackendAsync("server-1", Cancel))["state"]);
    }

    [Fact]
    public async Task Change_AsAFormWouldSendIt_IsRefused() =>
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType,
            (await _balancer.CallAsync("PATCH", "/api/backends/backends/server-1", new StringContent("""{"weight":3}"""))).Status);

    [Fact]
    public async Task OpenApi_ListsEveryCall()
    {
        var paths = (await _balancer.Admin.GetFromJsonAsync<JsonNode>("/openapi/v1.json", Cancel))!["paths"]!.AsObject();

        Assert.Superset(
            new HashSet<string>
            {
                "/api/backends",
                "/api/backends/{cluster}",
                "/api/backends/{cluster}/{name}",
                "/api/clusters",
                "/api/routes",
                "/api/config",
                "/api/config/validate",
                "/api/config/confirm",
                "/api/history",
            },
            paths.Select(path => path.Key).ToHashSet());
        Assert.NotNull(paths["/api/backends/{cluster}/{name}"]!["patch"]!["summary"]);
    }
}
