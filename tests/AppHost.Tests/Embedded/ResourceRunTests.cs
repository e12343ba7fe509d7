using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.AppHost.Tests.Embedded;

/// <summary>With real processes (shell scripts) and a clock that the test moves.</summary>
public sealed class ResourceRunTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _lines = new();
    private readonly LaunchThread _thread = new();
    private readonly HealthWaiter _health;
    private readonly CancellationTokenSource _quit = new();
    private readonly CancellationTokenSource _atOnce = new();

    public ResourceRunTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the processes are shell scripts");
        _health = new HealthWaiter(_time);
    }

    [Fact]
    public async Task Supervise_EndsAgainAndAgain_StartsAgainLaterEachTime()
    {
        var run = Create("exit 3");
        var supervision = run.SuperviseAsync([], _quit.Token, _atOnce.Token);

        await _lines.WaitForAsync("ended with exit code 3; starting it again in 0.5 s");
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await _lines.WaitForAsync("starting it again in 1 s");
        _time.Advance(TimeSpan.FromSeconds(1));
        await _lines.WaitForAsync("starting it again in 2 s");

        await _quit.CancelAsync();
        await supervision;
    }

    [Fact]
    public async Task Supervise_Killed_NamesTheSignal()
    {
        var run = Create("kill -9 $$");
        var supervision = run.SuperviseAsync([], _quit.Token, _atOnce.Token);

        await _lines.WaitForAsync("ended with exit code 137 (SIGKILL)");

        await _quit.CancelAsync();
        await supervision;
    }

    [Fact]
    public async Task Supervise_ExitCode2BeforeHealthy_FailsInsteadOfTryingAgain()
    {
        var run = Create("echo 'no such option' >&2; exit 2", hasHealthCheck: true);

        var problem = await Assert.ThrowsAsync<PrerequisiteException>(() => run.SuperviseAsync([], _quit.Token, _atOnce.Token));

        Assert.StartsWith("server-1 ended with exit code 2, which means bad arguments or configuration", problem.Message, StringComparison.Ordinal);
        Assert.Contains("server-1 | no such option", _lines.All);
    }

    [Fact]
    public async Task Supervise_DependencyNotHealthy_DoesNotStart()
    {
        var dependency = Create("exec sleep 60", hasHealthCheck: true);
        var run = Create("echo started", name: "front");
        var supervisions = Task.WhenAll(dependency.SuperviseAsync([], _quit.Token, _atOnce.Token), run.SuperviseAsync([dependency], _quit.Token, _atOnce.Token));

        // Patience with the health check is over, and nothing has started.
        while (!_lines.All.Any(line => line.Contains("still waiting for server-1: GET http://localhost:", StringComparison.Ordinal)))
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
        Assert.DoesNotContain(_lines.All, line => line.Contains("started", StringComparison.Ordinal));

        await _quit.CancelAsync();
        await Task.WhenAll(run.StopAsync(), dependency.StopAsync());
        await supervisions;
    }

    [Fact]
    public async Task Stop_AsksTheProcessToEnd()
    {
        var run = Create("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        var supervision = run.SuperviseAsync([], _quit.Token, _atOnce.Token);
        await _lines.WaitForAsync("ready");

        await _quit.CancelAsync();
        await run.StopAsync();

        Assert.Contains("server-1 | bye", _lines.All);
        Assert.True(supervision.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_ProcessDoesNotListen_IsKilledAfterTheGrace()
    {
        var run = Create("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        var supervision = run.SuperviseAsync([], _quit.Token, _atOnce.Token);
        await _lines.WaitForAsync("ready");

        await _quit.CancelAsync();
        var stopping = run.StopAsync();
        while (!stopping.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopping, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        Assert.Contains("apphost | server-1 has not stopped within 15 s: killing it", _lines.All);
        Assert.True(supervision.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_AtOnce_KillsWithoutGrace()
    {
        var run = Create("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        var supervision = run.SuperviseAsync([], _quit.Token, _atOnce.Token);
        await _lines.WaitForAsync("ready");

        await _quit.CancelAsync();
        var stopping = run.StopAsync();
        await _atOnce.CancelAsync();
        await stopping;

        Assert.True(supervision.IsCompletedSuccessfully);
    }

    public void Dispose()
    {
        _atOnce.Cancel();
        _quit.Cancel();
        _health.Dispose();
        _thread.Dispose();
        _quit.Dispose();
        _atOnce.Dispose();
        _lines.Dispose();
    }

    private ResourceRun Create(string script, bool hasHealthCheck = false, string name = "server-1")
    {
        var app = DistributedApplication.CreateBuilder([]).AddPythonApp(name, ".", "unused");
        if (hasHealthCheck)
            app.WithHttpEndpoint(port: FreePorts.Take(1)[0]).WithHttpHealthCheck("/health");
        return new ResourceRun(app.Resource, ResourceStart.OfProcess(new ProcessCommand("/bin/sh", ["-c", script])), _thread, _health, _lines.ToLog(), _time);
    }
}
