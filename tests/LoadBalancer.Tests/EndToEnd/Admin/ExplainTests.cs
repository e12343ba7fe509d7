using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class ExplainTests : IAsyncLifetime
{
    private const string Token = "explain-to-me-please";
    private const string Both = "route=shop; cluster=shop; policy=RoundRobin; candidates=gone 0.5, here 0.5";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-explain");
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(1, Cancel);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "appsettings.json"), $$"""
            {
              "Admin": { "ExplainToken": "{{Token}}" },
              "LoadBalancer": { "Health": { "Active": { "Enabled": false }, "Passive": { "Enabled": false } } },
              "ReverseProxy": {
                "Routes": {
                  "shop":  { "ClusterId": "shop", "Match": { "Path": "/shop/{**rest}", "Methods": [ "GET", "POST" ] } },
                  "beta":  { "ClusterId": "shop", "Order": -1,
                             "Match": { "Path": "/shop/{**rest}", "Headers": [ { "Name": "X-Beta", "Values": [ "yes" ] } ] } },
                  "admin": { "ClusterId": "empty", "Match": { "Hosts": [ "admin.example" ] } }
                },
                "Clusters": {
                  "shop":  { "Destinations": { "gone": { "Address": "http://127.0.0.1:1" }, "here": { "Address": "{{_servers.Urls.Single()}}" } } },
                  "empty": { }
                }
              }
            }
            """, Cancel);
        _balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancel, _directory.FullName);
    }

    [Theory]
    [InlineData("path=/shop/1", "shop")]
    [InlineData("path=/shop/1%3Fa%3Db&method=post", "shop")]
    [InlineData("path=/shop/1&header=X-Beta:%20yes", "beta")]
    [InlineData("path=/shop/1&header=X-Beta:no", "shop")]
    [InlineData("path=/&host=admin.example", "admin")]
    [InlineData("path=/elsewhere", null)]
    [InlineData("path=/shop/1&method=DELETE", null)]
    public async Task Explain_FindsTheRouteThatARealRequestTakes(string query, string? route)
    {
        var answer = await _balancer.CallAsync("GET", "/api/explain?" + query);

        Assert.Equal(route, (string?)answer.Body!["route"]?["id"]);
    }

    [Fact]
    public async Task Explain_ShowsEachBackendOrWhyNot_AndSendsNothing()
    {
        await _balancer.CallAsync("POST", "/api/backends/shop/gone/drain");

        var explained = (await _balancer.CallAsync("GET", "/api/explain?path=/shop/1")).Body!;

        Assert.Equal("The request goes to one of 1 of shop, picked by RoundRobin.", (string?)explained["summary"]);
        var (gone, here) = (explained["backends"]![0]!, explained["backends"]![1]!);
        Assert.Equal((false, "draining: only sessions bound to it go there"), ((bool)gone["candidate"]!, (string?)gone["reason"]));
        Assert.Equal((true, null, 1.0), ((bool)here["candidate"]!, (string?)here["reason"], (double)here["share"]!));
        Assert.All((await _balancer.CallAsync("GET", "/api/backends")).Body!.AsArray(), backend => Assert.Equal(0, (int)backend!["requests"]!));
    }

    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("POST", "", false)]
    [InlineData("POST", "&header=Idempotency-Key:1", true)]
    public async Task Explain_SaysWhatARetryWouldDo(string method, string more, bool afterNoAnswer)
    {
        var retry = (await _balancer.CallAsync("GET", $"/api/explain?path=/shop/1&method={method}{more}")).Body!["retry"]!;

        Assert.True((bool)retry["afterRefusedConnection"]!);
        Assert.Equal(afterNoAnswer, (bool)retry["afterNoAnswer"]!);
        Assert.Equal(afterNoAnswer ? 3 : 0, retry["afterStatus"]!.AsArray().Count);
        Assert.False((bool)retry["afterBrokenAnswer"]!);
    }

    [Fact]
    public async Task Explain_NoAvailableBackend_SaysSo() =>
        Assert.Equal(
            "No backend is available: the response is 503.",
            (string?)(await _balancer.CallAsync("GET", "/api/explain?path=/&host=admin.example")).Body!["summary"]);

    [Theory]
    [InlineData("")]
    [InlineData("path=nowhere")]
    [InlineData("path=/&header=nocolon")]
    public async Task Explain_BadQuestion_IsRefused(string query) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _balancer.CallAsync("GET", "/api/explain?" + query)).Status);

    [Fact]
    public async Task Header_WithTheToken_TellsEachAttempt()
    {
        await Eventually.TrueAsync(async () => await HeaderAsync(Token) == Both + "; attempts=gone never_connected, here", Cancel);
        await Eventually.TrueAsync(async () => await HeaderAsync(Token) == Both + "; attempts=here", Cancel);

        await _balancer.CallAsync("POST", "/api/backends/shop/gone/drain");
        Assert.Equal(
            "route=shop; cluster=shop; policy=RoundRobin; candidates=here 1; "
            + "left out=gone draining: only sessions bound to it go there; attempts=here",
            await HeaderAsync(Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("explain-to-me-please!")]
    public async Task Header_WithoutTheToken_TellsNothing(string? token) => Assert.Null(await HeaderAsync(token));

    [Fact]
    public async Task FailedAttempts_AreOneLineAndNoStackTrace()
    {
        await Eventually.TrueAsync(async () => await HeaderAsync(Token) is { } told && told.Contains("gone"), Cancel);
        await HeaderAsync(Token);
        await HeaderAsync(Token);

        await _balancer.Process.LineAsync(
            line => line.Contains("Attempt at gone (http://127.0.0.1:1) of shop failed: never_connected, retried elsewhere"),
            Cancel);
        Assert.Equal(1, _balancer.Process.Output.Split("Attempt at gone").Length - 1);
        Assert.DoesNotContain("   at ", _balancer.Process.Output);
    }

    [Fact]
    public async Task Config_MasksBothTokens() =>
        Assert.Equal("***", (string?)(await _balancer.CallAsync("GET", "/api/config")).Body!["Admin"]!["ExplainToken"]);

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task<string?> HeaderAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/shop/1");
        if (token is not null)
            request.Headers.Add("X-AspireLB-Explain", token);
        using var response = await _balancer.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.TryGetValues("X-AspireLB-Explain", out var values) ? values.Single() : null;
    }
}
