namespace AspireLB.LoadBalancer.Tests.EndToEnd;

[Collection(EndToEndCollection.Name)]
public class CommandTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--help", "Usage:")]
    [InlineData("-h", "--Backends")]
    [InlineData("--version", "AspireLB ")]
    public async Task Question_Anywhere_IsAnsweredWithoutAListener(string argument, string answer)
    {
        await using var process = LoadBalancerProcess.Run([argument]);

        Assert.Equal(0, await process.ExitCodeAsync(Cancelled));
        Assert.Contains(answer, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NothingListens_IsOneSentenceAndExitCode1()
    {
        using var refusing = new RefusingPort();
        await using var process = LoadBalancerProcess.Run(["health", "--Admin:Urls", refusing.Url]);

        Assert.Equal(1, await process.ExitCodeAsync(Cancelled));
        Assert.StartsWith($"LoadBalancer: the admin listener at {refusing.Url} does not respond: ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthThenTerminate_RunningBalancer_BothEndWithExitCode0()
    {
        await using var backend = await TestBackend.StartAsync("server-1", Cancelled);
        await using var balancer = await LoadBalancerProcess.StartAsync([backend.Url], Cancelled);

        // The command gives the balancer 3 s, which a busy machine may use up; callers then repeat it, as container engines do.
        await Eventually.TrueAsync(async () =>
        {
            // A proxy for outside addresses is not used.
            await using var health = LoadBalancerProcess.Run(
                ["health", "--Admin:Urls", balancer.Admin.BaseAddress!.ToString()],
                new Dictionary<string, string?> { ["HTTP_PROXY"] = "http://127.0.0.1:9", ["http_proxy"] = "http://127.0.0.1:9" });
            var isOverTime = await health.ExitCodeAsync(Cancelled) == 1 && health.Output.Contains("HttpClient.Timeout", StringComparison.Ordinal);
            Assert.True(isOverTime || await health.ExitCodeAsync(Cancelled) == 0, health.Output);
            Assert.True(isOverTime || health.Output.Contains("Healthy", StringComparison.Ordinal), health.Output);
            return !isOverTime;
        }, Cancelled, "the health command gets its answer within its own time limit");

        balancer.Process.Signal("TERM");
        Assert.Equal(0, await balancer.Process.ExitCodeAsync(Cancelled));
        Assert.DoesNotContain("   at ", balancer.Process.Output, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => balancer.Client.GetAsync("/", Cancelled));
    }

    [Fact]
    public async Task Services_AsAspirePassesThem_AreFoundByName()
    {
        await using var one = await TestBackend.StartAsync("server-1", Cancelled);
        await using var two = await TestBackend.StartAsync("server-2", Cancelled);
        var environment = new Dictionary<string, string?>
        {
            ["Backends"] = "http://server-1,http://server-2",
            ["services__server-1__http__0"] = one.Url,
            ["services__server-2__http__0"] = two.Url,
        };

        await using var balancer = await LoadBalancerProcess.StartAsync([], environment, Cancelled);

        Assert.Equal("server-1", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Equal("server-2", await balancer.Client.GetStringAsync("/", Cancelled));
        Assert.Equal(two.Url, (string?)(await balancer.BackendAsync("server-2", Cancelled))["address"]);
    }
}
