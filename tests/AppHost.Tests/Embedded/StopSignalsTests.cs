using AspireLB.AppHost.Embedded.Running;
using Microsoft.Extensions.Time.Testing;

namespace AspireLB.AppHost.Tests.Embedded;

public sealed class StopSignalsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new StopSignals(_time);

    [Fact]
    public void Request_First_AsksForAStop()
    {
        _signals.Request();

        Assert.True(_signals.Stop.IsCancellationRequested);
        Assert.False(_signals.AtOnce.IsCancellationRequested);
    }

    [Fact]
    public void Request_TwiceWithinASecond_IsTheSameSignal()
    {
        _signals.Request();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        _signals.Request();

        Assert.False(_signals.AtOnce.IsCancellationRequested);
    }

    [Fact]
    public void Request_AgainLater_AsksForAnEndAtOnce()
    {
        _signals.Request();
        _time.Advance(TimeSpan.FromSeconds(1));
        _signals.Request();

        Assert.True(_signals.AtOnce.IsCancellationRequested);
    }

    public void Dispose() => _signals.Dispose();
}
