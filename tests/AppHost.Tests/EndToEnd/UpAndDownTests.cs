namespace AspireLB.AppHost.Tests.EndToEnd;

/// <summary>Tests the AppHost and its servers as processes, from the first line of output until every process has ended.</summary>
public class UpAndDownTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    private static readonly string[] AsProcesses = ["--Backends:Run=process"];

    [Theory]
    [InlineData(SigInt, 0)]
    [InlineData(SigTerm, 0)]
    [InlineData(SigKill, 128 + SigKill)]
    public async Task Signal_NothingIsLeft(int signal, int exitCode)
    {
        await using var host = await AppHostProcess.Start(servers: 2, AsProcesses).UntilUpAsync();

        host.Signal(signal);

        Assert.Equal(exitCode, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.DoesNotContain(host.Log.All, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signal_WhileStarting_NothingIsLeftAndNoExceptionIsShown()
    {
        await using var host = AppHostProcess.Start(servers: 2, AsProcesses);
        await host.Log.WaitForAsync("Distributed application starting");

        host.Signal(SigTerm);

        Assert.Equal(0, await host.ExitCodeAsync());
        await host.AssertNothingIsLeftAsync();
        Assert.DoesNotContain(host.Log.All, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DotNetRun_TenRequestsThenSigTerm_EachServerTwiceInOrderAndNothingLeft()
    {
        await using var run = await AppHostProcess.StartWithDotNetRun(servers: 5).UntilUpAsync();

        Assert.Equal([.. run.Greetings, .. run.Greetings], await run.AskAsync(times: 10));
        var table = run.Log.All.SkipWhile(line => !line.StartsWith("  balancer", StringComparison.Ordinal)).ToList();
        Assert.Equal($"  balancer    http://localhost:{run.Ports[0]}/", table[0]);
        Assert.Equal($"  console     http://localhost:{run.Ports[1]}/", table[1]);
        Assert.Matches($"^  dashboard   http://localhost:{run.Ports[2]}/login\\?t=[0-9a-f]{{32}}$", table[2]);
        Assert.Equal($"  server-5    http://localhost:{run.Ports[7]}/", table[7]);

        run.Signal(SigTerm);
        await run.ExitCodeAsync();
        await run.AssertNothingIsLeftAsync();
    }
}
