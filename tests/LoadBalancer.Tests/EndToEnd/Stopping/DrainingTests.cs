namespace AspireLB.LoadBalancer.Tests.EndToEnd.Stopping;

/// <summary>A draining backend: which requests still reach it, and when it counts as drained.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DrainingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("aspirelb-draining-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_SessionBoundToIt_StaysUntilTheDeadlineAndOnlyThenItIsDrained()
    {
        await using var a = await TestBackend.StartAsync("a", Cancelled);
        await using var b = await TestBackend.StartAsync("b", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "appsettings.json"), $$"""
            {
              "LoadBalancer": { "DrainDeadline": "00:00:06", "Health": { "Active": { "Enabled": false } } },
              "ReverseProxy": {
                "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } },
                "Clusters": { "c": {
                  "SessionAffinity": { "Enabled": true, "Policy": "HashCookie", "AffinityKeyName": "session" },
                  "Destinations": { "a": { "Address": "{{a.Url}}" }, "b": { "Address": "{{b.Url}}" } } } }
              }
            }
            """, Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([], environment: null, Cancelled, _directory.FullName);
        using var bound = new HttpClient { BaseAddress = balancer.Url };
        var home = await bound.GetStringAsync("/", Cancelled);
        var other = home == "a" ? "b" : "a";

        using var drain = await balancer.Admin.PostAsync($"/api/backends/c/{home}/drain", content: null, Cancelled);
        Assert.True(drain.IsSuccessStatusCode);
        Assert.Equal(home, await bound.GetStringAsync("/", Cancelled));
        for (var i = 0; i < 4; i++)
            Assert.Equal(other, await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.False(IsDrained(balancer, home));

        await Eventually.TrueAsync(() => IsDrained(balancer, home), Cancelled);
        Assert.Equal(other, await bound.GetStringAsync("/", Cancelled));
        Assert.Equal("draining", (string?)(await balancer.BackendAsync(home, Cancelled))["state"]);
    }

    [Fact]
    public async Task Drain_RequestUnderWay_FinishesAndThenItIsDrained()
    {
        await using var slow = await Retrying.SlowServer.StartAsync(TimeSpan.FromSeconds(2), Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([slow.Url], Cancelled, "--LoadBalancer:Health:Active:Enabled", "false");
        var name = new Uri(slow.Url).Authority;
        var answer = balancer.Client.GetStringAsync("/last", Cancelled);
        await Eventually.TrueAsync(() => slow.InFlight == 1, Cancelled);

        using var drain = await balancer.Admin.PostAsync($"/api/backends/backends/{name}/drain", content: null, Cancelled);

        Assert.False(IsDrained(balancer, name) && !answer.IsCompleted);
        using var refused = await balancer.Client.GetAsync("/new", Cancelled);
        await ProblemAssert.IsAsync(503, refused, Cancelled);
        Assert.Equal("GET/last", await answer);
        await Eventually.TrueAsync(() => IsDrained(balancer, name), Cancelled);
        Assert.Equal(1, slow.Requests);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static bool IsDrained(LoadBalancerProcess balancer, string backend) =>
        balancer.Process.Output.Split('\n').Any(line => line.Contains(
            $"Backend {backend} (",
            StringComparison.Ordinal) && line.Contains(" is drained", StringComparison.Ordinal));
}
