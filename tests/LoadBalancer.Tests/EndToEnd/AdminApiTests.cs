using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class AdminApiTests(AdminApiFixture fixture) : IClassFixture<AdminApiFixture>
{
    private const string Server1 = "/api/backends/backends/server-1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private HttpClient Admin => fixture.Balancer.Admin;

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    public async Task GetHealth_Ready_IsOneWord(string path) => Assert.Equal("Healthy", await Admin.GetStringAsync(path, Cancelled));

    [Fact]
    public async Task GetBackends_AllOfThem_HaveTheDocumentedShape()
    {
        await fixture.Balancer.Client.GetStringAsync("/", Cancelled);

        var list = (await Admin.GetFromJsonAsync<JsonArray>("/api/backends", Cancelled))!;

        Assert.Equal(["server-1", "server-2", "server-3"], list.Select(backend => (string)backend!["name"]!));
        Assert.All(list, backend =>
        {
            Assert.Equal(
                ["name", "address", "cluster", "state", "weight", "inFlight", "requests", "failures", "retries", "latencyMs"],
                backend!.AsObject().Select(member => member.Key));
            Assert.Equal(["p50", "p95", "p99"], backend["latencyMs"]!.AsObject().Select(member => member.Key));
            Assert.Equal(
                ("backends", "healthy", 1, 0),
                ((string)backend["cluster"]!, (string)backend["state"]!, (int)backend["weight"]!, (int)backend["inFlight"]!));
            Assert.StartsWith("http://127.0.0.1:", (string)backend["address"]!, StringComparison.Ordinal);
        });
        Assert.Contains(list, backend => (int)backend!["requests"]! > 0 && (double)backend["latencyMs"]!["p50"]! > 0);
        Assert.Equal("server-2", (string)(await Admin.GetFromJsonAsync<JsonObject>("/api/backends/BACKENDS/SERVER-2", Cancelled))!["name"]!);
    }

    [Fact]
    public async Task PatchWeight_One_TakesItsShare()
    {
        var changed = await PatchAsync("""{ "weight": 3 }""");
        Assert.Equal(3, (int)changed["weight"]!);

        var shares = await SharesAsync(50);
        await PatchAsync("""{ "weight": 1 }""");

        Assert.Equal(new() { ["server-1"] = 30, ["server-2"] = 10, ["server-3"] = 10 }, shares);
    }

    [Fact]
    public async Task PatchWeight_Null_BringsTheConfiguredOneBackAndLeavingItOutChangesNothing()
    {
        Assert.Equal(3, (int)(await PatchAsync("""{ "weight": 3 }"""))["weight"]!);
        Assert.Equal(3, (int)(await PatchAsync("""{ "state": "active" }"""))["weight"]!);
        Assert.Equal(1, (int)(await PatchAsync("""{ "weight": null }"""))["weight"]!);
    }

    [Theory]
    [InlineData("PATCH", "", """{ "state": "draining" }""", "draining")]
    [InlineData("PATCH", "", """{ "state": "disabled" }""", "disabled")]
    [InlineData("POST", "/drain", null, "draining")]
    public async Task TakeOut_One_GetsNothingNewUntilItIsEnabled(string method, string path, string? body, string state)
    {
        using var request = new HttpRequestMessage(new(method), Server1 + path);
        if (body is not null)
            request.Content = Json(body);
        using var response = await Admin.SendAsync(request, Cancelled);
        Assert.Equal(state, (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["state"]!);
        Assert.Equal(["server-2", "server-3"], (await SharesAsync(6)).Keys.Order());

        using var enabled = await Admin.PostAsync(Server1 + "/enable", null, Cancelled);
        Assert.Equal("healthy", (string)(await enabled.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["state"]!);
        Assert.Contains("server-1", (await SharesAsync(6)).Keys);
    }

    [Theory]
    [InlineData(404, "GET", "/api/backends/backends/server-9", null)]
    [InlineData(404, "GET", "/api/backends/nowhere/server-1", null)]
    [InlineData(404, "POST", "/api/backends/backends/server-9/drain", null)]
    [InlineData(404, "PATCH", "/api/backends/backends/server-9", """{ "weight": 2 }""")]
    [InlineData(404, "GET", "/api/nothing", null)]
    [InlineData(400, "PATCH", Server1, """{ "weight": 0 }""")]
    [InlineData(400, "PATCH", Server1, """{ "weight": 1001 }""")]
    [InlineData(400, "PATCH", Server1, """{ "weight": "heavy" }""")]
    [InlineData(400, "PATCH", Server1, """{ "weight": 1.5 }""")]
    [InlineData(400, "PATCH", Server1, """{ "state": "asleep" }""")]
    [InlineData(400, "PATCH", Server1, """{ "state": 1 }""")]
    [InlineData(400, "PATCH", Server1, """{ "wieght": 3 }""")]
    [InlineData(400, "PATCH", Server1, """{ "weight": """)]
    [InlineData(400, "PATCH", Server1, "")]
    [InlineData(400, "PATCH", Server1, "null")]
    [InlineData(400, "PATCH", Server1, "[]")]
    [InlineData(405, "PUT", Server1, "{}")]
    [InlineData(405, "GET", Server1 + "/drain", null)]
    public async Task Mistake_AnyRequest_IsAProblem(int status, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = Json(body);

        using var response = await Admin.SendAsync(request, Cancelled);

        await ProblemAssert.IsAsync(status, response, Cancelled);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task Patch_NotJson_Is415()
    {
        using var response = await Admin.PatchAsync(Server1, new StringContent("weight=3", Encoding.UTF8, "text/plain"), Cancelled);

        await ProblemAssert.IsAsync(415, response, Cancelled);
    }

    [Fact]
    public async Task Patch_UnknownMember_TitleNamesThePlace()
    {
        using var response = await Admin.PatchAsync(Server1, Json("""{ "wieght": 3 }"""), Cancelled);

        Assert.Contains("$.wieght", await ProblemAssert.IsAsync(400, response, Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/backends")]
    [InlineData("/api/backends/backends/server-1")]
    [InlineData("/metrics")]
    [InlineData("/alive")]
    [InlineData("/health")]
    public async Task AdminPath_OnTheDataPort_GoesToABackend(string path) =>
        Assert.StartsWith("server-", await fixture.Balancer.Client.GetStringAsync(path, Cancelled), StringComparison.Ordinal);

    [Fact]
    public async Task Token_Configured_IsNeededForAllButHealth()
    {
        const string token = "a-token-for-tests-only";
        await using var balancer = await LoadBalancerProcess.StartAsync(["http://127.0.0.1:9"], Cancelled, "--Admin:Token", token);

        using var refused = await balancer.Admin.GetAsync("/api/backends", Cancelled);
        await ProblemAssert.IsAsync(401, refused, Cancelled);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(HttpStatusCode.OK, (await balancer.Admin.GetAsync("/alive", Cancelled)).StatusCode);

        balancer.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Single((await balancer.Admin.GetFromJsonAsync<JsonArray>("/api/backends", Cancelled))!);
        Assert.DoesNotContain(token, balancer.Process.Output, StringComparison.Ordinal);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<JsonNode> PatchAsync(string json)
    {
        using var response = await Admin.PatchAsync(Server1, Json(json), Cancelled);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!;
    }

    private async Task<Dictionary<string, int>> SharesAsync(int requests)
    {
        var answers = new List<string>();
        for (var i = 0; i < requests; i++)
            answers.Add(await fixture.Balancer.Client.GetStringAsync("/", Cancelled));
        return answers.CountBy(name => name).ToDictionary();
    }
}
