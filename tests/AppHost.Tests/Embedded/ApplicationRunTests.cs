using AspireLB.AppHost.Embedded;
using AspireLB.AppHost.Embedded.Running;

namespace AspireLB.AppHost.Tests.Embedded;

public sealed class ApplicationRunTests : IDisposable
{
    private const string UntilTold = "trap 'echo down; exit 0' TERM; echo up; while :; do sleep 0.05; done";

    private readonly LogLines _lines = new();
    private readonly LaunchThread _thread = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder([]);
    private readonly Dictionary<IResource, ResourceStart> _starts = [];

    public ApplicationRunTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the processes are shell scripts");

    [Fact]
    public async Task Run_Stopped_EndsInReverseOrderWithExitCode0()
    {
        var backend = Add("backend", UntilTold);
        Add("front", UntilTold).WaitFor(backend);
        var running = RunAsync();
        await Task.WhenAll(_lines.WaitForAsync("front   | up"), _lines.WaitForAsync("backend | up"));

        await _stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Equal(["front   | down", "backend | down"], _lines.All.Where(line => line.EndsWith("down", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_ResourceIsConfiguredWrongly_StopsTheOthersWithExitCode2()
    {
        Add("backend", UntilTold);
        Add("front", "sleep 0.2; exit 2").WithHttpEndpoint(port: FreePorts.Take(1)[0]).WithHttpHealthCheck();

        Assert.Equal(2, await RunAsync());
        Assert.Contains(_lines.All, line => line.StartsWith("front ended with exit code 2", StringComparison.Ordinal));
        Assert.Contains(_lines.All, line => line.EndsWith("everything has stopped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_PrerequisiteMissing_SaysTheSentenceAloneAndStartsNothing()
    {
        Add("backend", UntilTold);

        var exitCode = await RunAsync((_, _) => throw new PrerequisiteException("Install it."));

        Assert.Equal(2, exitCode);
        Assert.Equal(["Install it."], _lines.All);
    }

    [Fact]
    public async Task Run_StoppedWhilePreparing_ExitCode0()
    {
        Add("backend", UntilTold);
        var running = RunAsync(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return _starts;
        });

        await _stop.CancelAsync();

        Assert.Equal(0, await running);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Dispose();
        _stop.Dispose();
        _lines.Dispose();
    }

    private IResourceBuilder<PythonAppResource> Add(string name, string script)
    {
        var app = _builder.AddPythonApp(name, ".", "unused");
        _starts[app.Resource] = ResourceStart.OfProcess(new ProcessCommand("/bin/sh", ["-c", script]));
        return app;
    }

    private Task<int> RunAsync(Prepare? prepare = null) =>
        new ApplicationRun([.. _builder.Resources], prepare ?? ((_, _) => Task.FromResult<IReadOnlyDictionary<IResource, ResourceStart>>(_starts)),
            _thread, _lines.ToLog(), TimeProvider.System).RunAsync(_stop.Token, CancellationToken.None);
}
