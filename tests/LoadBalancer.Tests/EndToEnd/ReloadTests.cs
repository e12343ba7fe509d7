using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public sealed class ReloadTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-reload-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackendsChange_WhileRunning_OthersKeepTheirFigures()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        await using var c = await TestBackend.StartAsync("c", Cancelled);
        Write(Backends(a, b));
        await using var balancer = await StartAsync();
        for (var i = 0; i < 4; i++)
            await balancer.Client.GetStringAsync("/", Cancelled);

        Write(Backends(c, a));
        await ReloadedAsync(balancer);
        Assert.Equal(["c", "a"], await NamesAsync(balancer));

        Assert.Equal(2, (int)(await balancer.BackendAsync("a", Cancelled))["requests"]!);
        Assert.Equal(0, (int)(await balancer.BackendAsync("c", Cancelled))["requests"]!);
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
            answers.Add(await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Equal(["a", "a", "a", "c", "c", "c"], answers.Order());
        Assert.Equal(2, b.Requests.Count);
    }

    [Fact]
    public async Task FileIsBad_WhileRunning_ChangesNothingIsReportedOnceAndTheNextGoodOneIsTaken()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        Write(Backends(a));
        await using var balancer = await StartAsync();

        Write("""{ "Backends": [ """);
        var unreadable = await RefusedAsync(balancer, 1);
        Assert.Contains("appsettings.json", unreadable, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 0", unreadable, StringComparison.Ordinal);

        Write("""{ "Backends": ["nonsense"], "LoadBalancer": { "Polcy": "Random", "Retry": { "MaxAttempts": 0 } } }""");
        var invalid = await RefusedAsync(balancer, 2);
        Assert.Contains("Errors: 3", invalid, StringComparison.Ordinal);
        Assert.All(
            ["Backends:0", "LoadBalancer:Polcy", "LoadBalancer:Retry:MaxAttempts"],
            key => Assert.Contains(key, invalid, StringComparison.Ordinal));
        Assert.Equal(["a"], await NamesAsync(balancer));
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));

        Write(Backends(b));
        await ReloadedAsync(balancer);
        Assert.Equal(["b"], await NamesAsync(balancer));
        Assert.Equal("b", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Equal(2, Refusals(balancer).Count());
    }

    [Fact]
    public async Task ProbingChanges_WhileRunning_IsHeeded()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        a.HealthStatus = 503;
        Write(Backends(a));
        await using var balancer = await StartAsync();
        await balancer.BackendIsAsync("a", "unhealthy", Cancelled);

        Write($$"""{ "Backends": [{ "Name": "a", "Address": "{{a.Url}}" }], "LoadBalancer": { "Health": { "Active": { "Enabled": false } } } }""");

        await ReloadedAsync(balancer);
        Assert.Equal("unknown", (string?)(await balancer.BackendAsync("a", Cancelled))["state"]);
        Assert.Equal("a", await balancer.Client.GetStringAsync("/", Cancelled));
    }

    [Fact]
    public async Task UrlsChange_WhileRunning_IsSaidOnceToNeedARestartAndTheRestIsApplied()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        Write(Backends(a));
        await using var balancer = await StartAsync();

        Write($$"""{ "LoadBalancer": { "AccessLog": { "Format": "Json" } }, "Backends": [{ "Name": "b", "Address": "{{b.Url}}" }] }""");
        await ReloadedAsync(balancer);
        Assert.Equal("b", await balancer.Client.GetStringAsync("/", Cancelled));
        await balancer.Process.LineAsync(
            line => line.Contains("only after a restart: LoadBalancer:AccessLog:Format", StringComparison.Ordinal),
            Cancelled);

        Write($$"""{ "LoadBalancer": { "AccessLog": { "Format": "Json" } }, "Backends": [{ "Name": "a", "Address": "{{a.Url}}" }] }""");
        await Eventually.TrueAsync(async () => await balancer.Client.GetStringAsync("/", Cancelled) == "a", Cancelled);
        Assert.Single(balancer.Process.Output.Split('\n'), line => line.Contains("only after a restart", StringComparison.Ordinal));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Backends(params TestBackend[] backends) => new JsonObject
    {
        ["Backends"] = new JsonArray([.. backends.Select(backend => new JsonObject { ["Name"] = backend.Name, ["Address"] = backend.Url })]),
        ["LoadBalancer"] = new JsonObject { ["Health"] = new JsonObject { ["Active"] = new JsonObject { ["Path"] = TestBackend.HealthPath } } },
    }.ToJsonString();

    private static IEnumerable<string> Refusals(LoadBalancerProcess balancer) =>
        balancer.Process.Output.Split('\n').Where(line => line.Contains("Configuration not reloaded", StringComparison.Ordinal));

    private static Task ReloadedAsync(LoadBalancerProcess balancer) =>
        balancer.Process.LineAsync(line => line.Contains("Configuration reloaded", StringComparison.Ordinal), Cancelled);

    private static async Task<string> RefusedAsync(LoadBalancerProcess balancer, int count)
    {
        await Eventually.TrueAsync(() => Refusals(balancer).Count() >= count, Cancelled, $"{count} configurations were refused");
        return Refusals(balancer).Last();
    }

    private static async Task<string[]> NamesAsync(LoadBalancerProcess balancer) =>
        [.. (await balancer.Admin.GetFromJsonAsync<JsonArray>("/api/backends", Cancelled))!.Select(backend => (string)backend!["name"]!)];

    private Task<LoadBalancerProcess> StartAsync() => LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);

    private void Write(string json) => File.WriteAllText(Path.Combine(_directory.FullName, "appsettings.json"), json);
}
