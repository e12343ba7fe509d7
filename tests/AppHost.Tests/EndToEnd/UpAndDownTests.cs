using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.EndToEnd;

public class UpAndDownTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    [Fact]
    public async Task Up_TenRequests_EachServerTwiceInOrder()
    {
        await using var host = await AppHostProcess.Start(servers: 5).UntilUpAsync();

        Assert.Equal([.. host.Greetings, .. host.Greetings], await host.AskAsync(times: 10));
        Assert.Contains("embedded host", host.Log.All[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerKilled_IsStartedAgainAndGetsItsShareAgain()
    {
        await using var host = await AppHostProcess.Start(servers: 3).UntilUpAsync();

        Unix.Signal(host.ServerId("server-2"), SigKill);

        await host.Log.WaitForAsync("server-2 ended with exit code 137 (SIGKILL); starting it again in 0.5 s");
        await host.Log.WaitForAsync("server-2 is back");
        // The balancer's next probe sees it; until then its requests go to the others, and none fails.
        while ((await host.AskAsync(times: 3)).Distinct().Count() < 3)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    [InlineData(1)]
    public async Task Signal_StopsEverythingWithExitCode0(int signal)
    {
        await using var host = await AppHostProcess.Start(servers: 2).UntilUpAsync();

        host.Signal(signal);

        Assert.Equal(0, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.EndsWith("everything has stopped", host.Log.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostKilled_ChildrenNoticeAndEnd()
    {
        await using var host = await AppHostProcess.Start(servers: 2).UntilUpAsync();

        host.Signal(SigKill);

        Assert.Equal(128 + SigKill, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(SigTerm)]
    [InlineData(SigKill)]
    public async Task DotNetRunSignalled_EverythingEnds(int signal)
    {
        await using var run = await AppHostProcess.StartWithDotNetRun(servers: 2).UntilUpAsync();

        run.Signal(signal);

        await run.ExitCodeAsync();
        await run.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task DotNetRun_HostKilled_EverythingEnds()
    {
        await using var run = await AppHostProcess.StartWithDotNetRun(servers: 2).UntilUpAsync();

        Unix.Signal(run.HostId, SigKill);

        Assert.NotEqual(0, await run.ExitCodeAsync());
        await run.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Signal_WhileStarting_StopsEverythingWithExitCode0()
    {
        await using var host = AppHostProcess.Start(servers: 2);
        await host.Log.WaitForAsync("embedded host");

        host.Signal(SigTerm);

        Assert.Equal(0, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
    }
}
