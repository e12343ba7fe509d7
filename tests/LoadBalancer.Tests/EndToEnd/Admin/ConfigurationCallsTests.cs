using System.Net;

namespace AspireLB.LoadBalancer.Tests.EndToEnd.Admin;

[Collection(AdminCollection.Name)]
public sealed class ConfigurationCallsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-state");
    private EchoServers _servers = null!;
    private LoadBalancerProcess _balancer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_directory.FullName, "state.json");

    public async ValueTask InitializeAsync()
    {
        _servers = await EchoServers.StartAsync(2, Cancel);
        _balancer = await StartAsync();
    }

    [Fact]
    public async Task Put_NotConfirmedInTime_IsRolledBack()
    {
        var put = await _balancer.CallAsync("PUT", "/api/config?confirmWithin=00:00:01", OnlySecond());

        Assert.Equal(HttpStatusCode.OK, put.Status);
        Assert.Contains(put.Strings("changes"), change => change.StartsWith("- ReverseProxy:Clusters:backends:Destinations:"));
        await AnsweredByAsync("server-2");
        await AnsweredByAsync("server-1");
        Assert.Equal(
            "configuration rolled back: not confirmed in time",
            (string?)(await _balancer.CallAsync("GET", "/api/history")).Body![0]!["what"]);
        Assert.Equal(HttpStatusCode.Conflict, (await _balancer.CallAsync("POST", "/api/config/confirm")).Status);
    }

    [Fact]
    public async Task Put_Confirmed_StaysOverARestartAndUntilDeleted()
    {
        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("PUT", "/api/config", OnlySecond())).Status);
        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("GET", "/api/config/pending")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await _balancer.CallAsync("PUT", "/api/config", OnlySecond())).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await _balancer.CallAsync("DELETE", "/api/config")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("POST", "/api/config/confirm")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _balancer.CallAsync("GET", "/api/config/pending")).Status);

        await RestartAsync();
        Assert.Equal(
            ["server-2", "server-2"],
            [await _balancer.Client.GetStringAsync("/", Cancel), await _balancer.Client.GetStringAsync("/", Cancel)]);

        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("DELETE", "/api/config")).Status);
        await AnsweredByAsync("server-1");
    }

    [Fact]
    public async Task Put_UnconfirmedAndKilled_IsForgotten()
    {
        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("PUT", "/api/config?confirmWithin=01:00:00", OnlySecond())).Status);
        Assert.Equal("server-2", await _balancer.Client.GetStringAsync("/", Cancel));
        Assert.Equal("server-2", await _balancer.Client.GetStringAsync("/", Cancel));

        await RestartAsync();

        await AnsweredByAsync("server-1");
    }

    [Fact]
    public async Task Put_RequestsFailUnderIt_IsRolledBackAtOnce()
    {
        var put = await _balancer.CallAsync("PUT", "/api/config?confirmWithin=01:00:00&maxErrorRate=0.2", new { Backends = "http://127.0.0.1:1" });
        Assert.Equal(HttpStatusCode.OK, put.Status);

        var failed = 0;
        await Eventually.TrueAsync(async () =>
        {
            using var response = await _balancer.Client.GetAsync("/", Cancel);
            failed += response.IsSuccessStatusCode ? 0 : 1;
            return response.IsSuccessStatusCode;
        }, Cancel, "requests succeed again after the rollback");

        Assert.InRange(failed, 20, int.MaxValue);
        var rollback = (await _balancer.CallAsync("GET", "/api/history")).Body![0]!;
        Assert.Equal("the balancer", (string?)rollback["who"]);
        Assert.Matches(@"configuration rolled back: \d+ of \d+ requests failed under it", (string?)rollback["what"]);
    }

    [Fact]
    public async Task Put_RolledBackByHand_IsGone()
    {
        await _balancer.CallAsync("PUT", "/api/config", OnlySecond());

        Assert.Equal(HttpStatusCode.OK, (await _balancer.CallAsync("POST", "/api/config/rollback")).Status);

        await AnsweredByAsync("server-1");
    }

    [Fact]
    public async Task Put_OnAnOldETag_IsRefused()
    {
        var etag = (await _balancer.CallAsync("GET", "/api/config")).ETag!;
        await _balancer.CallAsync("PATCH", "/api/backends", new { select = new[] { new { cluster = "*", name = "*" } }, weight = 2 });

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _balancer.CallAsync("PUT", "/api/config", OnlySecond(), ("If-Match", etag))).Status);
    }

    [Fact]
    public async Task StateFile_StatesAndAddedBackends_SurviveAKill()
    {
        await _balancer.CallAsync("POST", "/api/backends/backends", new { name = "extra", address = _servers.Urls.First(), weight = 5 });
        await _balancer.CallAsync("POST", "/api/backends/backends/extra/drain");

        await RestartAsync();

        var extra = await _balancer.BackendAsync("extra", Cancel);
        Assert.Equal(("draining", 5), ((string?)extra["state"], (int)extra["weight"]!));
    }

    [Fact]
    public async Task StateFile_CannotBeWritten_ChangesNothing()
    {
        await using var balancer = await LoadBalancerProcess.StartAsync(
            _servers.Urls,
            Cancel,
            "--Admin:StateFile", Path.Combine(_directory.FullName, "none", "state.json"));

        var answer = await balancer.CallAsync(
            "PATCH",
            "/api/backends",
            new { select = new[] { new { cluster = "*", name = "*" } }, state = "disabled" });

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.StartsWith("Nothing was changed, because the state file can't be written: ", answer.Title, StringComparison.Ordinal);
        var backends = (await balancer.CallAsync("GET", "/api/backends")).Body!.AsArray();
        Assert.Equal(["healthy", "healthy"], backends.Select(backend => (string?)backend!["state"]));
    }

    public async ValueTask DisposeAsync()
    {
        await _balancer.DisposeAsync();
        await _servers.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private object OnlySecond() => new { Backends = new[] { _servers.Urls.Last() } };

    private Task<LoadBalancerProcess> StartAsync() =>
        LoadBalancerProcess.StartAsync(_servers.Urls, Cancel, "--Admin:StateFile", StateFile, "--Admin:CallsPerSecond", "0");

    private async Task RestartAsync()
    {
        _balancer.Process.Signal("KILL");
        await _balancer.Process.ExitCodeAsync(Cancel);
        await _balancer.DisposeAsync();
        _balancer = await StartAsync();
    }

    private Task AnsweredByAsync(string server) =>
        Eventually.TrueAsync(async () => await _balancer.Client.GetStringAsync("/", Cancel) == server, Cancel, $"{server} answers");
}
