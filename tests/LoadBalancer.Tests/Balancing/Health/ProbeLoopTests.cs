using System.Net;
using System.Threading.Channels;
using AspireLB.Balancing.Health;
using AspireLB.Balancing.Model;
using AspireLB.Balancing.Options;
using AspireLB.LoadBalancer.Tests.Balancing.Picking;
using AspireLB.LoadBalancer.Tests.Balancing.Routing;

namespace AspireLB.LoadBalancer.Tests.Balancing.Health;

public sealed class ProbeLoopTests : IDisposable
{
    private readonly WatchedTime _time = new();
    private readonly ScriptedProbes _probes = new();
    private readonly Channel<ProbeResult> _reports = Channel.CreateUnbounded<ProbeResult>();
    private readonly Backend _backend = TestModel.Backend("b");
    private readonly ProbeLoop _loop;
    private bool _reportThrows;

    public ProbeLoopTests()
    {
        var options = new ClusterOptions();
        options.Health.Active.Interval = TimeSpan.FromSeconds(10);
        options.Health.Active.Jitter = 0;
        _loop = new(_backend, new FixedOptions(options), new ProbeClient(() => _probes, _time), Report, _time, new SeededRandom(1));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_NewBackend_ProbesAtOnceAndThenAtTheInterval()
    {
        _loop.Start();
        await ReportedAsync();

        for (var probe = 2; probe <= 4; probe++)
        {
            await WaitsAsync(9.9);
            _time.Advance(9.8);
            Assert.Equal(probe - 1, _probes.CountOf("b"));
            _time.Advance(0.1);
            await ReportedAsync();
            Assert.Equal(probe, _probes.CountOf("b"));
        }
    }

    [Fact]
    public async Task Start_Down_ProbesAtTheShorterInterval()
    {
        _probes.Respond("b", HttpStatusCode.ServiceUnavailable);
        _loop.Start();
        Assert.False((await ReportedAsync()).Succeeded);

        await WaitsAsync(0.9);
        _time.Advance(0.9);

        Assert.False((await ReportedAsync()).Succeeded);
    }

    [Fact]
    public async Task ProbeSoon_Waiting_ProbesNow()
    {
        _loop.Start();
        await ReportedAsync();
        await WaitsAsync(9.9);

        _loop.ProbeSoon();

        await ReportedAsync();
        Assert.Equal(2, _probes.CountOf("b"));
    }

    [Fact]
    public async Task ProbeSoon_JustProbed_ProbesAfterTheGap()
    {
        _loop.Start();
        await ReportedAsync();
        await _time.TimerAsync(0.1, Cancelled);

        for (var i = 0; i < 100; i++)
            _loop.ProbeSoon();
        _time.Advance(0.09);
        Assert.Equal(1, _probes.CountOf("b"));

        _time.Advance(0.01);
        await ReportedAsync();
        await WaitsAsync(9.9);
        Assert.Equal(2, _probes.CountOf("b"));
    }

    [Fact]
    public async Task Run_ProbeThrows_ReportsItAndContinues()
    {
        _probes.Throw("b", new OutOfMemoryException("odd"));
        _loop.Start();
        Assert.Contains("odd", (await ReportedAsync()).Reason, StringComparison.Ordinal);

        _probes.Respond("b", HttpStatusCode.OK);
        await WaitsAsync(0.9);
        _time.Advance(0.9);

        Assert.True((await ReportedAsync()).Succeeded);
    }

    [Fact]
    public async Task Run_ReportThrows_Continues()
    {
        _reportThrows = true;
        _loop.Start();
        await ReportedAsync();
        await WaitsAsync(9.9);

        _time.Advance(9.9);

        await ReportedAsync();
    }

    [Fact]
    public async Task Stop_Waiting_ProbesNoMore()
    {
        _loop.Start();
        await ReportedAsync();
        await WaitsAsync(9.9);

        _loop.Stop();
        _loop.ProbeSoon();
        _time.Advance(3_600);

        await _loop.Ended.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(1, _probes.CountOf("b"));
    }

    [Fact]
    public async Task Stop_ProbeInFlight_IsNotReported()
    {
        _probes.NeverRespond("b");
        _loop.Start();
        await _probes.NextAsync(Cancelled);

        _loop.Stop();
        _time.Advance(3_600);

        await _loop.Ended.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        Assert.False(_reports.Reader.TryRead(out _));
    }

    public void Dispose() => _loop.Stop();

    private void Report(Backend backend, ProbeResult result)
    {
        backend.Health.Probed = backend.Health.Probed.After(result.Succeeded, 1, 1);
        _reports.Writer.TryWrite(result);
        if (_reportThrows)
            throw new InvalidOperationException("the log is full");
    }

    private async Task<ProbeResult> ReportedAsync() =>
        await _reports.Reader.ReadAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancelled);

    // Each wait begins with the shortest time between two probes.
    private async Task WaitsAsync(double secondsAfterGap)
    {
        await _time.TimerAsync(0.1, Cancelled);
        _time.Advance(0.1);
        await _time.TimerAsync(secondsAfterGap, Cancelled);
    }
}
